"""Answering `--version`, `--help` and a missing catalogue loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("duckdb", "rdflib", "pyshacl", "csvw", "pyoxigraph", "pydantic", "pyarrow", "rich", "yaml", "requests")
PROGRAM = """
import sys
from st_opendata.__main__ import main
code = main(sys.argv[1:])
loaded = sorted({name.partition(".")[0] for name in sys.modules} & set(%r))
print("loaded:", *loaded)
sys.exit(code)
""" % (HEAVY,)  # noqa: UP031 (braces in the program)


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["build", "--help"], 0),
        (["check"], 3),
        (["check", "nothing"], 3),
        (["buidl"], 2),
        (["verify", "release", "nothing"], 3),
    ],
)
def test_imports(arguments: list[str], code: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"
    assert "Traceback" not in done.stderr


def test_a_table_from_a_query_loads_no_rdflib(release: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, "query", str(release), "ASK {}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "rdflib" not in done.stdout.splitlines()[-1]
