"""What a run says at its end: what was written and where to look, what was left alone and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.cli.publish import _conclude, _json, _write_result
from st_opendata.errors import RemoteError
from st_opendata.messages.message import message
from st_opendata.targets.base import Action, ChangeResult, Plan
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.plan import DatasetChange, desired_dataset
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.summary import make_plan

PORTAL = Site("https://p.example", "city", "2.12.0", organization_id="0b5e", user="editor")
PAGES = """\
The datasets: https://p.example/organization/city
The catalogue, for harvesters: https://p.example/dataset/all-catalogue
"""


def change(name: str, action: Action) -> DatasetChange:
    resource = Resource("r", {"name": "File"}, Path("file.csv"), 1200, "", "file.csv")
    desired = desired_dataset(Package(name, {"name": name}, (resource,), "d", f"https://x.example/{name}"), PORTAL, "b")
    return DatasetChange(action, name, message("a reason"), desired, files=("r",) if action == Action.CREATE else ())


def plan(*changes: DatasetChange) -> Plan[DatasetChange]:
    return make_plan(PORTAL, changes, (), "all-catalogue")


NEW, OTHER, SAME = change("new", Action.CREATE), change("other", Action.CREATE), change("same", Action.UNCHANGED)
FAILED = RemoteError(message("it failed"))


@pytest.mark.parametrize(
    ("changes", "done", "says"),
    [
        ((NEW, SAME), None, "Dry run: nothing was written. Without --dry-run, the command writes 1 dataset.\n"),
        ((SAME,), None, "Dry run: nothing was written, and there is nothing to write.\n"),
        ((SAME,), (), f"Nothing to write.\n{PAGES}"),
        ((NEW, SAME), (ChangeResult(NEW),), f"Written: 1 dataset, 1 file, 1 kB.\n{PAGES}"),
        ((NEW, OTHER), (ChangeResult(NEW), ChangeResult(OTHER)), f"Written: 2 datasets, 2 files, 2 kB.\n{PAGES}"),
        (
            (NEW, OTHER),
            (ChangeResult(NEW), ChangeResult(OTHER, FAILED)),
            f"Written: 1 of 2 datasets, 1 file, 1 kB.\n{PAGES}",
        ),
        ((NEW,), (), f"Written: 0 of 1 dataset, 0 files, 0 bytes.\n{PAGES}"),
    ],
)
def test_a_run_says_what_it_wrote_and_where_to_look(
    capsys: pytest.CaptureFixture[str],
    changes: tuple[DatasetChange, ...],
    done: tuple[ChangeResult, ...] | None,
    says: str,
) -> None:
    _write_result(plan(*changes), done, "en")
    assert capsys.readouterr().out == says
    told = _json(plan(*changes), done)
    assert told["dry_run"] == (done is None)
    assert told["pages"] == {
        "datasets": "https://p.example/organization/city",
        "catalogue": "https://p.example/dataset/all-catalogue",
    }


def test_every_dataset_that_was_left_alone_or_failed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"dataset-{number}" for number in range(9)]
    drifted = [change(name, Action.DRIFTED) for name in names]
    assert _conclude(plan(*drifted), (), "en") == 1
    told = capsys.readouterr().err
    assert f"Left unchanged: {', '.join(names)}: changed on the portal, see above.\n  Use --overwrite" in told
    failed = [change(name, Action.CREATE) for name in names]
    assert _conclude(plan(*failed), [ChangeResult(each, FAILED) for each in failed], "en") == 4
    assert f"Failed: {', '.join(names)}: it failed\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "written", "left"),
    [
        ("fr", "Écrit : 1 jeu de données, 1 fichier, 1 kB.", "Non modifié : column : changé sur le portail"),
        ("de", "Geschrieben: 1 Datensatz, 1 Datei, 1 kB.", "Unverändert gelassen: column: auf dem Portal geändert"),
    ],
)
def test_a_run_speaks_the_language_of_the_reader(
    language: str, written: str, left: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_result(plan(NEW), (ChangeResult(NEW),), language)
    _conclude(plan(change("column", Action.DRIFTED)), (), language)
    out, err = (text.replace("\N{NO-BREAK SPACE}", " ") for text in capsys.readouterr())
    assert out.startswith(written)
    assert err.startswith(left)
