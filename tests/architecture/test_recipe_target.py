"""The recipe "add a target" of ARCHITECTURE.md: a package (here `made_up_target`) and its line of the registry."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from st_opendata import targets
from st_opendata.__main__ import main

Graphs = Mapping[str, str]
PLACES, NOTES = ("data0", "data1")
GRAPHS = {f"http://e/dataset/{name}": f"<http://e/{name}> <http://e/p> <http://e/o> .\n" for name in (PLACES, NOTES)}
CHANGED = {**GRAPHS, f"http://e/dataset/{NOTES}": "<http://e/other> <http://e/p> <http://e/o> .\n"}


@dataclass(frozen=True)
class Command:
    folder: Path
    output: pytest.CaptureFixture[str]

    def __call__(self, name: str, release: Path, *options: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command with the made-up target."""
        self.output.readouterr()
        code = main([name, "folder", str(release), "--path", str(self.folder), *options])
        return code, *self.output.readouterr()


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setitem(targets.TARGETS, "folder", "made_up_target")  # the line of the registry
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return Command(tmp_path / "published", capsys)


@pytest.fixture
def releases(tmp_path: Path, write_release: Callable[[Path, Graphs], Path]) -> tuple[Path, ...]:
    first = dict(list(GRAPHS.items())[:1])
    made = {"both": GRAPHS, "changed": CHANGED, "one": first}
    return tuple(write_release(tmp_path / name, graphs) for name, graphs in made.items())


def actions(output: str) -> dict[str, str]:
    return {each["dataset"]: each["change"] for each in json.loads(output)["changes"]}


def test_a_release_is_published_once_and_verified(command: Command, releases: tuple[Path, ...]) -> None:
    both, changed, _ = releases
    code, out, _ = command("publish", both, "--dry-run", "--exit-code")
    assert (code, "Dry run: nothing was written" in out, command.folder.exists()) == (1, True, False)
    code, out, _ = command("publish", both)
    assert code == 0
    assert f"create     {PLACES}: not in the folder; 1 file, " in out
    assert out.endswith(f"The folder: {command.folder.as_uri()}\n")
    assert (command.folder / NOTES / f"{NOTES}.nt").read_text("utf-8") == GRAPHS[f"http://e/dataset/{NOTES}"]
    code, out, _ = command("publish", both)
    assert (code, "Nothing to write." in out, "2 unchanged" in out) == (0, True, True)
    assert command("verify", both)[:2] == (
        0,
        f"{command.folder.as_uri()}: 2 datasets, 2 files, 90 bytes, all as in the release.\n",
    )
    code, out, _ = command("publish", changed, "--json")
    assert (code, actions(out)) == (0, {PLACES: "unchanged", NOTES: "update"})
    assert [each["files"] for each in json.loads(out)["changes"] if each["done"]] == [[f"{NOTES}.nt"]]
    code, out, _ = command("verify", both, "--json")
    [problem] = json.loads(out)["problems"]
    assert (code, problem["dataset"], problem["part"]) == (1, NOTES, f"{NOTES}.nt")


def test_edits_win_unless_told(command: Command, releases: tuple[Path, ...]) -> None:
    command("publish", releases[0])
    file = command.folder / PLACES / f"{PLACES}.nt"
    file.write_text("by hand\n", "utf-8")
    code, out, err = command("publish", releases[0])
    assert (code, f"drifted    {PLACES}: edited in the folder" in out, "--overwrite" in err) == (1, True, True)
    assert file.read_text("utf-8") == "by hand\n"
    assert command("publish", releases[0], "--overwrite")[0] == 0
    assert command("verify", releases[0])[0] == 0


def test_only_what_was_published_from_here_is_touched(command: Command, releases: tuple[Path, ...]) -> None:
    both, _, one = releases
    command("publish", both)
    code, out, _ = command("publish", one, "--json")
    assert (code, actions(out)) == (0, {PLACES: "unchanged", NOTES: "left"})
    code, out, _ = command("publish", one, "--prune", "--json")
    assert (code, actions(out)) == (0, {PLACES: "unchanged", NOTES: "delete"})
    assert not (command.folder / NOTES).exists()
    shutil.copytree(command.folder / PLACES, command.folder / NOTES)
    (command.folder / NOTES / "published.json").unlink()
    code, out, _ = command("publish", both, "--json")
    assert (code, actions(out)) == (4, {PLACES: "unchanged", NOTES: "taken"})


def test_every_dataset_that_fails_is_named(command: Command, releases: tuple[Path, ...]) -> None:
    command.folder.write_text("a file where the folder ought to be", "utf-8")
    code, _, err = command("publish", releases[0])
    assert (code, f"Failed: {PLACES}: " in err, f"Failed: {NOTES}: " in err) == (4, True, True)


def test_commands_know_it_by_its_name(command: Command, releases: tuple[Path, ...]) -> None:
    for group in ("publish", "verify"):
        command.output.readouterr()
        assert main([group, "--help"]) == 0
        help_text = command.output.readouterr().out
        assert "folder" in help_text
        assert "ckan" in help_text
    assert main(["publish", "foldr", str(releases[0])]) == 2
    assert "'folder'" in command.output.readouterr().err
    assert main(["publish", "folder", str(releases[0])]) == 2
    assert "--path" in command.output.readouterr().err
