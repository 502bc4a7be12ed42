"""What a command says where a package is missing: of an extra its name, of anything else the truth."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from st_opendata.cli.extras import module_name
from st_opendata.diagnosis import required_packages

COMMANDS = {"portal": ("serve",), "ckan": ("verify", "ckan", "--url", "http://127.0.0.1:1")}


def run_without(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command line in a Python that does not find a module."""
    program = f"import sys; sys.modules[{module!r}] = None; import st_opendata.__main__ as program; "
    program += "sys.exit(program.main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("extra", "module", "package"),
    [
        ("portal", "mimeparse", "python-mimeparse"),
        pytest.param("portal", "limits", "limits", marks=pytest.mark.slow),
        pytest.param("ckan", "ckanapi", "ckanapi", marks=pytest.mark.slow),
    ],
)
def test_a_missing_package_of_an_extra_is_told_with_it(release: Path, extra: str, module: str, package: str) -> None:
    ran = run_without(module, *COMMANDS[extra], release)
    assert ran.returncode == 2
    assert f"needs the package {package}\n" in ran.stderr
    assert f"pip install 'st-opendata[{extra}]'" in ran.stderr


@pytest.mark.parametrize(
    ("extra", "module"),
    [("portal", "pyoxigraph"), pytest.param("portal", "st_opendata.portal.data.edition", marks=pytest.mark.slow)],
)
def test_of_another_missing_module_no_extra_is_said_to_bring_it(release: Path, extra: str, module: str) -> None:
    ran = run_without(module, *COMMANDS[extra], release)
    assert ran.returncode != 0
    assert module in ran.stderr
    assert "pip install 'st-opendata[" not in ran.stderr


@pytest.mark.parametrize("extra", COMMANDS)
def test_every_package_of_an_extra_is_known_by_its_module(extra: str) -> None:
    assert all(find_spec(module_name(package)) for package in required_packages(extra))
