"""Builds the browser's part of the portal and the program's texts, into a wheel and into an editable checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs tools/texts.py, and browser/build.py, which does nothing where its result is up to date, as in an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build; in an editable install without the browser's part, pages have a plain form in place of the editor."""
        self._load("tools/texts.py").compile_all()
        browser = self._load("browser/build.py")
        try:
            browser.build()
        except browser.BuildError as error:
            if version != "editable":
                raise
            sys.stderr.write(f"The SPARQL editor is not built, pages have a plain form instead: {error}\n")

    def _load(self, file: str) -> ModuleType:
        path = Path(self.root, file)
        spec = importlib.util.spec_from_file_location(f"build_{path.stem}", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
