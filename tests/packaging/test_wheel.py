"""The wheel is complete: installed in a clean environment it runs the demo outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.mark.slow
def test_the_wheel_carries_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "datasets/catalogue.yaml",
        "ontology/",
        "shapes/dcat-ap.ttl",
        "shapes/st-project/",
        "datasets/shapes/",
    ):
        assert any(name.startswith(f"st_opendata/data/{needed}") for name in names), needed
    assert not [name for name in names if name.startswith(("tests/", "docs/", "bench/"))]


@pytest.mark.slow
def test_demo_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # The dependencies are linked, not downloaded: what is under test is the wheel. `.ci/run` installs them too.
    (packages,) = (environment / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(link_dependencies(tmp_path / "dependencies"), "utf-8")

    command = [environment / "bin" / "st-opendata", "demo", "--output", "release"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "release" / "release.json").is_file()
    where = [python, "-I", "-c", "import st_opendata; print(st_opendata.__file__)"]
    origin = subprocess.run(where, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert origin.startswith(str(environment))


def link_dependencies(folder: Path) -> str:
    """Fill the folder with links to every installed package but this project's editable install."""
    folder.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "st_opendata" not in entry.name and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    return f"{folder}\n"
