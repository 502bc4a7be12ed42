"""Builds the browser's part of the portal into a wheel, and into the checkout of an editable install."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs browser/build.py, which does nothing where its result is up to date, as it is in an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build; in an editable install a failure is told and the pages have a plain form in place of the editor."""
        path = Path(self.root, "browser", "build.py")
        spec = importlib.util.spec_from_file_location("browser_build", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        try:
            module.build()
        except module.BuildError as error:
            if version != "editable":
                raise
            sys.stderr.write(f"The SPARQL editor is not built, pages have a plain form instead: {error}\n")
