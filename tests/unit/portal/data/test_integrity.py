"""A release that is damaged, half there or changed while it is served is never sent as if it were right."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile import list_anew
from starlette.testclient import TestClient

from st_opendata.errors import InputError, StError
from st_opendata.model.release import File
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.integrity import FileCheck, WholeFile
from st_opendata.portal.options import Options
from st_opendata.release import release_digest
from st_opendata.sparql.endpoint import Limits

Write = Callable[..., Path]
FILE = "data0/data0.nt"
LINE = "<http://e/a> <http://e/b> <http://e/c> .\n"


@pytest.fixture
def release(tmp_path: Path, write_release: Write) -> Path:
    return write_release(tmp_path / "place" / "release", {"http://e/dataset/one": LINE})


@pytest.fixture
def client(release: Path) -> Iterator[TestClient]:
    current = Current(release, Limits(workers=1), interval=0.02)
    with TestClient(make_app(current, Options(requests_per_minute=100_000))) as client:
        yield client


def put(new: Path, release: Path) -> None:
    """Put another release in its place, as a build does."""
    if release.exists():
        release.rename(old := release.with_name("old"))
        shutil.rmtree(old)
    new.rename(release)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came to be")


def health(client: TestClient) -> list[str]:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    return answer.text.splitlines()


def snapshots(release: Path) -> int:
    return len(list(release.parent.glob(f".{release.name}.serving-*")))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("void.ttl", b"no turtle {"),
        pytest.param("catalog.ttl", b"<http://e/\xff> a", marks=pytest.mark.slow),
        pytest.param("release.json", b'{"files": []}', marks=pytest.mark.slow),
    ],
)
def test_a_damaged_release_does_not_end_the_watcher(
    path: str, content: bytes, client: TestClient, release: Path, write_release: Write, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "st_opendata.portal")
    served = health(client)
    assert served == [f"ok tiny {release_digest(release)}"]
    new = shutil.copytree(release, release.with_name("new"))
    (new / path).write_bytes(content)
    if path != "release.json":
        list_anew(new)
    put(new, release)
    until(lambda: path in health(client)[-1])
    time.sleep(0.3)  # it is tried again
    assert health(client)[0] == served[0]
    assert "the release in the folder is not served: " in health(client)[1]
    assert path in health(client)[1], health(client)
    assert ".serving-" not in health(client)[1]
    assert len([record for record in caplog.records if "is not served" in record.getMessage()]) == 1
    until(lambda: snapshots(release) == 1)

    put(write_release(release.with_name("new"), {"http://e/dataset/two": LINE}), release)
    until(lambda: health(client) == [f"ok tiny {release_digest(release)}"])
    assert health(client) != served


@pytest.mark.slow
def test_a_release_that_could_not_be_opened_is_tried_again(
    client: TestClient, release: Path, write_release: Write
) -> None:
    """As where it is still copied, or lies on a disk that comes later."""
    new = write_release(release.with_name("new"), {"http://e/dataset/two": LINE})
    (new / "void.ttl").rename(aside := release.with_name("void.ttl"))
    put(new, release)
    until(lambda: "lacks files" in health(client)[-1])
    (release / "void.ttl").write_text("half of it", "utf-8")
    until(lambda: "void.ttl is not the file that the release lists" in health(client)[-1])
    aside.replace(release / "void.ttl")
    until(lambda: health(client) == [f"ok tiny {release_digest(release)}"])


def test_a_folder_without_a_release_is_told(client: TestClient, release: Path) -> None:
    served = health(client)
    release.rename(aside := release.with_name("aside"))
    until(lambda: health(client) == [*served, "the release in the folder is not served: there is no release in it"])
    aside.rename(release)
    until(lambda: health(client) == served)


def in_place(path: Path) -> None:
    """As an editor or `cp` writes, with as many bytes as before."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(content.replace(b"e/", b"f/"))


def keeping_times(path: Path) -> None:
    """As `cp -p` and `rsync --inplace` do."""
    status = path.stat()
    in_place(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


@pytest.mark.quick(1)
@pytest.mark.parametrize("change", [in_place, keeping_times, longer])
def test_a_file_that_was_changed_in_place_is_not_sent(
    change: Callable[[Path], None], client: TestClient, release: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tag = client.get(f"/{FILE}").headers["ETag"]
    asked = ({}, {"Range": "bytes=3-"}, {"Range": "bytes=3-", "If-Range": tag}, {"If-None-Match": tag})
    assert [client.get(f"/{FILE}", headers=headers).status_code for headers in asked] == [200, 206, 206, 304]
    change(release / FILE)
    for headers in (*asked, {"Accept": "text/html"}):
        answer = client.get(f"/{FILE}", headers=headers)
        assert (answer.status_code, "ETag" in answer.headers) == (503, False)
    assert f"{FILE} is not the file that the release lists" in client.get(f"/{FILE}").text
    assert client.head(f"/{FILE}").status_code == 503
    assert f"{FILE} is not served: it was changed" in health(client)
    assert client.get("/void.ttl").status_code == 200
    time.sleep(0.1)
    assert len([record for record in caplog.records if record.getMessage().startswith(f"{FILE} is not served")]) == 1


def test_a_file_that_is_right_again_is_sent_again(client: TestClient, release: Path) -> None:
    right = (release / FILE).read_bytes()
    in_place(release / FILE)
    assert client.get(f"/{FILE}").status_code == 503
    (release / FILE).write_bytes(right)
    assert client.get(f"/{FILE}").content == right
    until(lambda: len(health(client)) == 1)
    (release / FILE).touch()  # other times, the same content
    os.link(release / FILE, release.with_name("linked"))
    assert client.get(f"/{FILE}").content == right


@pytest.mark.slow
def test_a_new_release_that_is_copied_over_the_old_is_served(
    client: TestClient, release: Path, write_release: Write
) -> None:
    new = write_release(release.with_name("new"), {"http://e/dataset/two": LINE.replace("/a", "/two")})
    shutil.copytree(new, release, dirs_exist_ok=True)
    assert client.get(f"/{FILE}").status_code in (200, 503)
    until(lambda: health(client) == [f"ok tiny {release_digest(new)}"])
    assert client.get(f"/{FILE}").content == (new / FILE).read_bytes()


@pytest.mark.slow
def test_a_page_is_not_made_from_a_file_that_was_changed(smarter_release: Path, tmp_path: Path) -> None:
    release = shutil.copytree(smarter_release, tmp_path / "release")
    paths = {
        "/en/dataset/partners/table/partners": "partners/partners.parquet",
        "/en/dataset/partners": "partners/partners.csv-metadata.json",
        "/ontology.ttl": "ontology/st-opendata.ttl",
    }
    with TestClient(make_app(Current(release, Limits(workers=1), interval=60), Options())) as client:
        for page, path in paths.items():
            assert (release / path).exists(), path
            longer(release / path)
            assert client.get(page).status_code == 503, page
        assert client.get("/en/dataset/cities/table/cities").status_code == 200


def test_an_error_at_the_start_leaves_nothing(release: Path) -> None:
    longer(release / FILE)
    with pytest.raises(StError, match="is not the file that the release lists"):
        asyncio.run(Current(release).open())
    (release / FILE).unlink()
    with pytest.raises(InputError, match="lacks files"):
        asyncio.run(Current(release).open())
    assert snapshots(release) == 0


def test_a_file_that_changes_while_it_is_sent_breaks_off(release: Path) -> None:
    path = release / FILE
    files = FileCheck(release, {FILE: File.of(release, FILE)})

    def sent(change: Callable[[Path], None]) -> bytes:
        received = b""

        async def response(_scope: object, _receive: object, send: Callable) -> None:
            with path.open("rb") as file:
                await send({"type": "http.response.body", "body": file.read(10), "more_body": True})
                change(path)
                await send({"type": "http.response.body", "body": file.read()})

        async def send(message: dict) -> None:
            nonlocal received
            received += message["body"]

        asyncio.run(WholeFile(response, files, FILE)({"type": "http"}, None, send))  # type: ignore[arg-type]
        return received

    def without_other_names(path: Path) -> None:
        other.unlink()  # as when the folder of a release is removed while a snapshot of it is served

    def behind_its_times(path: Path) -> None:
        times = path.stat().st_atime_ns, path.stat().st_mtime_ns
        in_place(path)
        os.utime(path, ns=times)

    assert sent(lambda _path: None) == path.read_bytes()
    other = path.with_name("other name")
    other.hardlink_to(path)
    assert sent(without_other_names) == path.read_bytes()
    content = path.read_bytes()
    assert sent(behind_its_times) == content[:10]
    path.write_bytes(content)
    assert sent(in_place) == LINE.encode()[:10]
