"""What docs/serving.md starts from: the unit for systemd and the container file name what there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from st_opendata.cli.serve import command

PROGRAM = "/opt/st-opendata/bin/st-opendata"


@pytest.fixture
def unit(root: Path) -> str:
    return (root / "docs" / "serving" / "st-opendata.service").read_text("utf-8")


def arguments_of(unit: str) -> list[str]:
    found = re.search(r"^ExecStart=((?:.*\\\n)*.*)$", unit, re.MULTILINE)
    assert found
    program, serve, *arguments = shlex.split(found[1].replace("\\\n", " "))
    assert (program, serve) == (PROGRAM, "serve")
    return arguments


def test_systemd_understands_the_unit(unit: str, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("there is no systemd-analyze on the path")
    path = tmp_path / "st-opendata.service"
    path.write_text(unit.replace(PROGRAM, sys.executable), "utf-8")  # the tool requires it
    done = subprocess.run([tool, "verify", str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.slow
def test_the_command_of_the_unit_serves(unit: str, smarter_release: Path, tmp_path: Path) -> None:
    arguments = arguments_of(unit)
    for option, value in (("--port", "0"), ("--store", str(tmp_path))):
        arguments[arguments.index(option) + 1] = value
    arguments[0] = str(smarter_release)
    with (tmp_path / "log").open("w+") as log:
        program = subprocess.Popen([sys.executable, "-m", "st_opendata", "serve", *arguments], stderr=log)
        try:
            while not (said := re.search(r"answers at (http://\S+)", (tmp_path / "log").read_text("utf-8"))):
                assert program.poll() is None
                time.sleep(0.1)
            answer = requests.get(f"{said[1]}healthz", headers={"Host": "data.example.org"}, timeout=60)
            assert answer.text.startswith("ok smarter-together ")
            assert requests.get(f"{said[1]}healthz", headers={"Host": "elsewhere.org"}, timeout=60).status_code == 400
            program.send_signal(signal.SIGTERM)
            assert program.wait(60) == 0
        finally:
            program.kill()
            program.wait()


def test_the_command_of_the_container_is_one(root: Path) -> None:
    text = (root / "docs" / "serving" / "Containerfile").read_text("utf-8")
    parts = {name: json.loads(value) for name, value in re.findall(r"^(ENTRYPOINT|CMD) (\[.*\])$", text, re.MULTILINE)}
    program, serve, release, *options = parts["ENTRYPOINT"] + parts["CMD"]
    assert (program, serve, release) == ("st-opendata", "serve", "/data/release")
    context = command.make_context("serve", [str(root), *options])
    assert (context.params["host"], context.params["memory"]) == ("0.0.0.0", 3 << 30)
