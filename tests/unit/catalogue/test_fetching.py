"""Files from a real server: stored whole, with a safe name and a record, and never over another file unasked."""

from __future__ import annotations

import gzip
import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from st_opendata.catalogue.fetched import FETCHED, read_fetched
from st_opendata.catalogue.fetching import FetchChange, FetchOptions, renew_files, store_file
from st_opendata.errors import InputError, RemoteError, StError, UsageError

OPTIONS = FetchOptions(size=1000, seconds=5)
REPLACE = FetchOptions(size=1000, seconds=5, replace=True)
CSV = b"id,name\n1,Oak Lane\n"
PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"


class Handler(BaseHTTPRequestHandler):
    """A site whose files and headers a test sets, by path; `asked` are the paths and conditions of all requests."""

    files: ClassVar[dict[str, tuple[int, dict[str, str], bytes]]] = {}
    asked: ClassVar[list[tuple[str, EmailMessage]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers))  # type: ignore[arg-type]  # http.client's subclass of Message
        status, headers, body = self.files.get(self.path, (404, {}, b"no such page"))
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value.encode().decode("latin-1"))
        if "Content-Length" not in headers and status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def site() -> Iterator[str]:
    Handler.files.clear()
    Handler.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def publish(path: str, body: bytes = CSV, status: int = 200, **headers: str) -> None:
    Handler.files[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_stored_with_its_record(site: str, tmp_path: Path) -> None:
    publish("/trees.csv", ETag='"v1"', Last_Modified="Mon, 30 Nov 2026 10:00:00 GMT")
    result = store_file(f"{site}/trees.csv#rows", tmp_path, OPTIONS)
    assert (result.path, result.change, result.before) == (tmp_path / "trees.csv", FetchChange.NEW, "")
    assert result.path.read_bytes() == CSV
    (entry,) = read_fetched(tmp_path, "fetched.yaml")
    assert (entry.name, entry.url, entry.etag) == ("trees.csv", f"{site}/trees.csv", '"v1"')
    assert entry.sha256 == result.sha256 == hashlib.sha256(CSV).hexdigest()
    assert names(tmp_path) == [FETCHED, "trees.csv"]


def test_the_record_of_a_dataset_is_in_its_folder(site: str, tmp_path: Path) -> None:
    publish("/a.csv")
    dataset = tmp_path / "trees"
    (dataset / "parts").mkdir(parents=True)
    (dataset / "dataset.yaml").touch()
    store_file(f"{site}/a.csv", dataset / "parts" / "b.csv", OPTIONS)
    assert [each.name for each in read_fetched(dataset, "fetched.yaml")] == ["parts/b.csv"]
    assert names(dataset / "parts") == ["b.csv"]


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/x", {"Content_Disposition": 'attachment; filename="../../etc/Arbres d\'été.CSV"'}, "Arbres-d-ete.CSV"),
        ("/x", {"Content_Disposition": "attachment; filename*=UTF-8''v%C3%A9los_2024.csv"}, "velos_2024.csv"),
        ("/x", {"Content_Disposition": r'attachment; filename="C:\data\.hidden.csv"'}, "C-data-hidden.csv"),
        ("/x", {"Content_Disposition": 'attachment; filename="dataset.yaml"'}, "fetched-dataset.yaml"),
        (
            "/x",
            {"Content_Disposition": "attachment; filename=\"v?los.csv\"; filename*=UTF-8''v%C3%A9los.csv"},
            "velos.csv",
        ),
        ("/export.php?id=1", {"Content_Type": "text/csv; charset=utf-8"}, "export.csv"),
        ("/x/a%2F..%5Cb%00c.csv", {}, "b-c.csv"),
        ("/", {"Content_Type": "application/json"}, "file.json"),
        ("/x", {}, "x.txt"),
    ],
)
def test_names_of_servers_are_made_safe(
    site: str, tmp_path: Path, path: str, headers: dict[str, str], name: str
) -> None:
    publish(path, CSV, 200, **headers)
    assert store_file(site + path, tmp_path, OPTIONS).path == tmp_path / name
    assert names(tmp_path) == sorted([FETCHED, name])


def test_another_file_is_replaced_only_if_asked(site: str, tmp_path: Path) -> None:
    publish("/trees.csv")
    (tmp_path / "trees.csv").write_text("my own\n")
    with pytest.raises(InputError, match="another file is there already"):
        store_file(f"{site}/trees.csv", tmp_path, OPTIONS)
    assert (tmp_path / "trees.csv").read_text() == "my own\n"
    assert names(tmp_path) == ["trees.csv"]
    assert store_file(f"{site}/trees.csv", tmp_path, REPLACE).change == FetchChange.CHANGED
    assert store_file(f"{site}/trees.csv", tmp_path, OPTIONS).change == FetchChange.UNCHANGED


def test_renewing_asks_only_for_what_changed(site: str, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        publish(f"/{name}.csv", ETag=f'"{name}1"')
        store_file(f"{site}/{name}.csv", tmp_path / name, OPTIONS)
    publish("/b.csv", CSV + b"2,Elm Row\n", ETag='"b2"')
    (tmp_path / "c" / "c.csv").unlink()
    first = (tmp_path / "a" / FETCHED).read_bytes()
    Handler.asked.clear()
    found = list(renew_files(tmp_path, OPTIONS))
    assert [each.change for each in found] == [FetchChange.UNCHANGED, FetchChange.CHANGED, FetchChange.NEW]
    assert found[1].before != found[1].sha256
    assert [headers.get("If-None-Match") for _, headers in Handler.asked] == ['"a1"', '"b1"', None]
    assert (tmp_path / "a" / FETCHED).read_bytes() == first
    assert read_fetched(tmp_path / "b", "")[0].sha256 == hashlib.sha256(CSV + b"2,Elm Row\n").hexdigest()


def test_an_edited_file_stays_when_all_are_renewed(site: str, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        publish(f"/{name}")
        store_file(f"{site}/{name}", tmp_path, OPTIONS)
    (tmp_path / "a.csv").write_text("edited\n")
    del Handler.files["/b.csv"]
    found = list(renew_files(tmp_path, OPTIONS))
    assert [each.change for each in found] == [FetchChange.FAILED, FetchChange.FAILED, FetchChange.UNCHANGED]
    assert [type(each.error) for each in found[:2]] == [InputError, RemoteError]
    assert (tmp_path / "a.csv").read_text() == "edited\n"
    assert next(iter(renew_files(tmp_path, REPLACE))).change == FetchChange.CHANGED


@pytest.mark.parametrize(
    ("path", "answer", "headers", "expected"),
    [
        ("/gone.csv", (410, b""), {}, "answered 410"),
        ("/none.csv", (204, b""), {}, "answered 204"),
        ("/empty.csv", (200, b""), {}, "empty file"),
        ("/login.csv", (200, PAGE), {"Content_Type": "text/csv"}, "web page"),
        ("/big.csv", (200, b"x" * 1001), {}, "has 1,001 bytes; the limit is 1,000"),
        ("/short.csv", (200, b"x" * 10), {"Content_Length": "20"}, "broke off"),
        ("/brotli.csv", (200, b"x"), {"Content_Encoding": "x-new"}, "compressed with x-new"),
        ("/round.csv", (302, b""), {"Location": "/round.csv"}, "redirects more than 5 times"),
        ("/away.csv", (302, b""), {"Location": "file:///etc/passwd"}, "not an http"),
    ],
)
def test_failures_leave_the_folder_as_it_was(
    site: str, tmp_path: Path, path: str, answer: tuple[int, bytes], headers: dict[str, str], expected: str
) -> None:
    status, body = answer
    publish(path, body, status, **headers)
    with pytest.raises(RemoteError, match=expected) as error:
        store_file(site + path, tmp_path, OPTIONS)
    assert error.value.remedy
    assert names(tmp_path) == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_file_that_is_compressed_unasked_is_decompressed(site: str, tmp_path: Path, encoding: str) -> None:
    compress: Callable[[bytes], bytes] = gzip.compress if encoding == "gzip" else zlib.compress
    for path, body in (("/small.csv.gz", CSV), ("/long.csv", CSV * 40)):
        publish(path, compress(body), 200, Content_Encoding=encoding)
        stored = store_file(site + path, tmp_path, OPTIONS).path
        assert (stored.suffix, stored.read_bytes()) == (".csv", body)
    publish("/cut.csv", compress(CSV * 40), 200, Content_Encoding=encoding, Content_Length="900")
    with pytest.raises(RemoteError, match="broke off"):
        store_file(f"{site}/cut.csv", tmp_path, OPTIONS)


def test_a_size_that_is_not_announced_is_bounded(site: str, tmp_path: Path) -> None:
    publish("/big.csv", b"x" * 1001, Content_Length="")
    with pytest.raises(RemoteError, match="larger than 1,000 bytes"):
        store_file(f"{site}/big.csv", tmp_path, OPTIONS)
    assert names(tmp_path) == []


def test_redirects_are_followed(site: str, tmp_path: Path) -> None:
    publish("/latest", b"moved", 302, Location="/v2/trees.csv")
    publish("/v2/trees.csv")
    result = store_file(f"{site}/latest", tmp_path, OPTIONS)
    assert result.path.name == "trees.csv"
    assert read_fetched(tmp_path, "")[0].url == f"{site}/latest"


@pytest.mark.parametrize(
    ("url", "output", "kind", "expected"),
    [
        ("ftp://example.org/a.csv", ".", UsageError, "not an http"),
        ("/etc/passwd", ".", UsageError, "not an http"),
        ("https://me:secret@example.org/a.csv", ".", UsageError, "user or password"),
        ("https://example.org/a.csv", "dataset.yaml", UsageError, "program's own files"),
        ("https://example.org/a.csv", "none/a.csv", InputError, "there is no folder"),
    ],
)
def test_wrong_arguments_are_refused_before_any_request(
    tmp_path: Path, url: str, output: str, kind: type[StError], expected: str
) -> None:
    with pytest.raises(kind, match=expected):
        store_file(url, tmp_path / output, OPTIONS)


def test_a_folder_without_fetched_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file was fetched"):
        list(renew_files(tmp_path, OPTIONS))
