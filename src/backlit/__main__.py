"""`python -m backlit` is `backlit`."""

from __future__ import annotations

from backlit.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
