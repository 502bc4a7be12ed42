"""What `targets:` and --only say of a dataset's place on a real CKAN: organisation, groups, visibility, formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from publisher import FIRST, ID, NOTES, PLACES, SECOND, build, show

from st_opendata.__main__ import main

Publish = Callable[..., tuple[int, str]]
pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied")]
MARK = uuid4().hex[:8]
ROADS, MOBILITY, WATER = f"roads-{MARK}", f"mobility-{MARK}", f"water-{MARK}"
CATALOGUE = f"{ID}-catalogue"


@pytest.fixture(scope="module")
def places(ckan: Any) -> Iterator[None]:
    """A second organisation and a group of which the editor is a member, and a group of others."""
    user = ckan.act("user_show")["name"]

    def administer(action: str, **data: Any) -> None:
        answer = ckan.post(action, token=ckan.sysadmin, **data)
        assert answer.status_code == 200, answer.text

    administer("organization_create", name=ROADS, title="Roads office")
    administer("organization_member_create", id=ROADS, username=user, role="editor")
    administer("group_create", name=MOBILITY, title="Regions and cities")
    administer("group_member_create", id=MOBILITY, username=user, role="member")
    administer("group_create", name=WATER, title="Water")
    yield
    administer("organization_purge", id=ROADS)
    for group in (MOBILITY, WATER):
        administer("group_purge", id=group)


@pytest.fixture
def target(ckan: Any, places: None, tmp_path: Path) -> Callable[[str], str]:
    """A target file with these lines."""

    def write(lines: str) -> str:
        path = tmp_path / "target.yaml"
        path.write_text(f"kind: ckan\nurl: {ckan.url}\norganization: {ckan.organization}\n{lines}", "utf-8")
        return str(path)

    return write


@pytest.fixture
def run(target: Callable[[str], str], capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Publish, or another command, with a target of these lines; exit code and all that was written."""

    def call(release: Path, lines: str, *options: str, command: str = "publish") -> tuple[int, str]:
        capsys.readouterr()
        code = main([command, "ckan", str(release), "--target", target(lines), *options])
        out, err = capsys.readouterr()
        return code, out + err

    return call


def settled(run: Callable[..., tuple[int, str]], release: Path, lines: str, *options: str) -> None:
    """The next run has nothing to write, and the portal equals the release."""
    assert run(release, lines, "--dry-run", "--exit-code", *options)[0] == 0
    code, found = run(release, lines, *options, command="verify")
    assert code == 0, found


def changes(written: str) -> dict[str, Any]:
    return {each["dataset"]: each for each in json.loads(written)["changes"]}


def turtle_of(ckan: Any) -> str:
    """The address of the published catalogue."""
    addresses = [str(each["url"]) for each in show(ckan, CATALOGUE)["resources"]]
    return next(each for each in addresses if each.endswith(".ttl"))


def hidden(ckan: Any, name: str) -> bool:
    return bool(ckan.post("package_show", id=name).status_code in (403, 404))


def test_only_one_dataset_is_planned_and_written(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    code, written = publish(releases[0], "--only", "places")
    assert (code, "stays unchanged" in written) == (0, True)
    assert show(ckan, PLACES)["title"] == "Places"
    assert hidden(ckan, NOTES)
    assert hidden(ckan, CATALOGUE)
    assert publish(releases[0])[0] == 0
    code, written = publish(releases[2], "--only", "places", "--json")  # which has no notes
    assert (code, sorted(changes(written))) == (0, [CATALOGUE, PLACES])
    assert publish(releases[2], "--dry-run")[1].count("left") == 2  # its line, and the summary


def test_the_catalogue_is_written_if_the_rest_is_as_released(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, tmp_path: Path
) -> None:
    publish(releases[0])
    later = build(tmp_path / "later", {"places": SECOND["places"], "notes": FIRST["notes"]}, "Places")
    code, written = publish(later, "--only", "places", "--json")
    assert (code, {each["change"] for each in changes(written).values()}) == (0, {"update"})
    assert sorted(changes(written)) == [CATALOGUE, PLACES]
    assert "rivers.csv" in requests.get(turtle_of(ckan), timeout=30).text
    assert publish(later, "--dry-run", "--exit-code")[0] == 0


def test_unknown_names_and_contradictions(releases: tuple[Path, ...], publish: Publish) -> None:
    code, written = publish(releases[0], "--only", "place")
    assert (code, 'the release has no dataset "place"; did you mean "places"?' in written) == (2, True)
    assert publish(releases[0], "--only", "places", "--prune")[0] == 2
    assert publish(releases[0], "--on", "tomorrow")[0] == 2


def test_groups_are_added_kept_and_removed(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]
) -> None:
    stated = f"datasets: {{places: {{groups: [{MOBILITY}]}}}}\n"
    assert run(releases[0], stated)[0] == 0
    assert [each["name"] for each in show(ckan, PLACES)["groups"]] == [MOBILITY]
    assert show(ckan, NOTES)["groups"] == []
    settled(run, releases[0], stated)
    member = {"id": WATER, "object": PLACES, "object_type": "package", "capacity": "public"}
    answer = ckan.post("member_create", token=ckan.sysadmin, **member)
    assert answer.status_code == 200
    settled(run, releases[0], stated)  # the group of another person stays
    code, written = run(releases[1], stated)
    assert code == 0, written
    assert {each["name"] for each in show(ckan, PLACES)["groups"]} == {MOBILITY, WATER}
    ckan.act("package_patch", id=PLACES, groups=[])  # of those of which the editor is a member
    assert [each["name"] for each in show(ckan, PLACES)["groups"]] == [WATER]
    code, written = run(releases[1], stated)
    assert (code, f"drifted    {PLACES}" in written) == (1, True), written
    assert run(releases[1], stated, "--overwrite")[0] == 0
    assert {each["name"] for each in show(ckan, PLACES)["groups"]} == {MOBILITY, WATER}
    assert run(releases[1], "")[0] == 0
    assert {each["name"] for each in show(ckan, PLACES)["groups"]} == {WATER}
    settled(run, releases[1], "")


def test_groups_from_themes(ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]) -> None:
    stated = "groups: {from: theme}\n"
    assert run(releases[0], stated)[0] == 0
    assert [each["name"] for each in show(ckan, PLACES)["groups"]] == [MOBILITY]
    settled(run, releases[0], stated)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (f"[mobilty-{MARK}]", f'did you mean "{MOBILITY}"'),
        (f"[{WATER}]", f'only its members may add datasets to the group "{WATER}"'),
        ("[]", ""),
    ],
)
def test_groups_that_cannot_be(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]], groups: str, said: str
) -> None:
    code, written = run(releases[0], f"groups: {groups}\n")
    assert (code, said in written) == (3 if said else 0, True), written
    assert hidden(ckan, PLACES) == bool(said)


@pytest.mark.parametrize("stated", ["private: true", "publishFrom: 2031-05-01"])
def test_a_private_dataset_is_never_seen(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]], stated: str
) -> None:
    lines, day = f"datasets: {{places: {{{stated}}}}}\n", ("--on", "2031-04-30")
    code, written = run(releases[0], lines, *day)
    assert (code, "Private " in written) == (0, True), written
    assert hidden(ckan, PLACES)
    assert ckan.act("package_show", id=PLACES)["private"]
    turtle = turtle_of(ckan)
    published = requests.get(turtle, timeout=30).text
    assert "remarks.csv" in published
    assert "towns" not in published
    assert "dataset/places" not in published
    settled(run, releases[0], lines, *day)
    assert run(releases[1], lines, *day)[0] == 0
    assert hidden(ckan, PLACES)
    table = next(each for each in ckan.act("package_show", id=PLACES)["resources"] if each["format"] == "CSV")
    assert requests.get(table["url"], timeout=30).status_code in (403, 404)
    settled(run, releases[1], lines, *day)
    ckan.act("package_patch", id=PLACES, private=False)
    code, found = run(releases[1], lines, *day, command="verify")
    assert (code, "visitors see it" in found) == (1, True)
    code, written = run(releases[1], lines, *day)
    assert (code, f"drifted    {PLACES}" in written) == (1, True)


def test_from_its_day_a_run_makes_it_public(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]
) -> None:
    lines = "datasets: {places: {publishFrom: 2031-05-01}}\n"
    assert run(releases[0], lines, "--on", "2031-04-30")[0] == 0
    code, written = run(releases[0], lines, "--on", "2031-05-01", "--json")
    change = changes(written)[PLACES]
    assert (code, change["change"], change["files"]) == (0, "update", [])
    assert "its release date has come" in change["reason"]
    assert show(ckan, PLACES)["private"] is False
    settled(run, releases[0], lines, "--on", "2031-05-01")


def test_datasets_of_several_organisations(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]
) -> None:
    lines = f"datasets: {{places: {{organization: {ROADS}}}}}\n"
    assert run(releases[0], "")[0] == 0
    code, written = run(releases[0], lines, "--json")
    change = changes(written)[PLACES]
    assert (code, change["change"], change["files"]) == (0, "update", [])
    assert change["differences"] == [{"field": "organization", "before": ckan.organization, "after": ROADS}]
    assert show(ckan, PLACES)["organization"]["name"] == ROADS
    assert show(ckan, NOTES)["organization"]["name"] == ckan.organization
    settled(run, releases[0], lines)
    assert run(releases[0], "")[0] == 0
    assert show(ckan, PLACES)["organization"]["name"] == ckan.organization
    code, written = run(releases[0], "datasets: {places: {organization: elsewhere}}\n")
    assert (code, "may create datasets in these organisations only" in written) == (3, True)


def test_a_move_on_the_portal_is_none_of_the_release(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]
) -> None:
    lines = f"datasets: {{places: {{organization: {ROADS}}}}}\n"
    assert run(releases[0], lines)[0] == 0
    settled(run, releases[0], lines)
    moved = {"id": PLACES, "organization_id": ckan.organization}
    assert ckan.post("package_owner_org_update", token=ckan.sysadmin, **moved).status_code == 200
    code, written = run(releases[0], lines)
    assert (code, f'moved to the organisation "{ckan.organization}"; --overwrite' in written) == (1, True), written
    assert run(releases[0], lines, "--overwrite")[0] == 0
    assert show(ckan, PLACES)["organization"]["name"] == ROADS


def test_an_organisation_by_expression(
    ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    stated = f"{{from: dct:publisher/foaf:name, values: {{City office: {ROADS}}}}}"
    path = tmp_path / "by-publisher.yaml"
    path.write_text(f"kind: ckan\nurl: {ckan.url}\norganization: {stated}\n", "utf-8")
    assert main(["publish", "ckan", str(releases[0]), "--target", str(path)]) == 0
    assert show(ckan, CATALOGUE)["organization"]["name"] == ROADS
    assert main(["publish", "ckan", str(releases[0]), "--target", str(path), "--dry-run", "--exit-code"]) == 0


def test_formats_that_stay_behind(ckan: Any, releases: tuple[Path, ...], run: Callable[..., tuple[int, str]]) -> None:
    assert run(releases[0], "")[0] == 0
    lines = "formats: {nt: false}\ndatasets: {notes: {formats: [csv]}}\n"
    code, written = run(releases[0], lines)
    assert (code, "Not sent, by `formats` of the target" in written) == (0, True)
    assert "N-Triples" not in {each["format"] for each in show(ckan, PLACES)["resources"]}
    assert {each["format"] for each in show(ckan, NOTES)["resources"]} == {"CSV", "JSON", "SVG"} & {
        each["format"] for each in show(ckan, NOTES)["resources"]
    }
    settled(run, releases[0], lines)


def test_files_many_times_as_large_as_their_table(
    ckan: Any, run: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("st_opendata.targets.ckan.sending.SMALL", 100)
    release = build(tmp_path / "many", {"places": SECOND["places"], "notes": FIRST["notes"]}, "Places")
    code, written = run(release, "")
    assert (code, "Not sent: " in written) == (0, True), written
    formats = {each["format"] for each in show(ckan, PLACES)["resources"]}
    assert "CSV" in formats
    assert "N-Triples" not in formats
    settled(run, release, "")
    turtle = turtle_of(ckan)
    assert "facts.nt" not in requests.get(turtle, timeout=30).text
    assert run(release, "formats: {nt: true}\n")[0] == 0
    assert "N-Triples" in {each["format"] for each in show(ckan, PLACES)["resources"]}
    code, written = run(release, "", "--link-base", "https://files.example/r/")
    assert (code, "Linked, not sent: " in written) == (0, True)
    [link] = [each["url"] for each in show(ckan, PLACES)["resources"] if each["format"] == "N-Triples"]
    assert link.startswith("https://files.example/r/")
