"""What every request goes through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

from st_opendata.portal.app import make_app
from st_opendata.portal.assets import asset_url
from st_opendata.portal.current import Current
from st_opendata.portal.options import Options


def test_files_of_pages_do_not_count_as_requests(tmp_path: Path, write_release: Callable[..., Path]) -> None:
    release = write_release(
        tmp_path / "release", {"http://e/dataset/one": "<http://e/a> <http://e/b> <http://e/c> .\n"}
    )
    with TestClient(make_app(Current(release), Options(requests_per_minute=3))) as client:
        assert {client.get(asset_url("portal.css")).status_code for _ in range(10)} == {200}
        assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]
        refused = client.get("/healthz")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 120
        assert client.get(asset_url("portal.css")).status_code == 200


def test_a_download_is_not_joined_of_compressed_and_plain_bytes(smarter_release: Path) -> None:
    """What came compressed has a weak tag, with which nobody goes on in the middle."""
    plain = (smarter_release / "partners/partners.csv").read_bytes()
    with TestClient(make_app(Current(smarter_release), Options())) as client:
        tags = {}
        for coding in ("gzip", "identity"):
            got = client.get("/partners/partners.csv", headers={"Accept-Encoding": coding})
            assert (got.headers.get("Content-Encoding", "identity"), got.content) == (coding, plain)
            tags[coding] = got.headers["ETag"]
            again = client.get("/partners/partners.csv", headers={"If-None-Match": tags[coding]})
            assert again.status_code == 304
        assert tags["gzip"] == f"W/{tags['identity']}"
        for coding, status in (("gzip", 200), ("identity", 206)):
            headers = {"Range": "bytes=100-", "If-Range": tags[coding], "Accept-Encoding": "identity"}
            rest = client.get("/partners/partners.csv", headers=headers)
            assert (rest.status_code, rest.content) == (status, plain[100:] if status == 206 else plain)
