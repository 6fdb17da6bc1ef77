"""Settings for all tests: repeatable examples, and nothing left in the user's cache."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("BACKLIT_CACHE", "off")  # of compiled programs

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
