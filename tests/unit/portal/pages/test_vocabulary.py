"""A release without terms or code lists of its own has no page about them, and nothing leads there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from starlette.testclient import TestClient

Browse = Callable[..., AbstractContextManager[TestClient]]
Write = Callable[[Path, Mapping[str, str]], Path]


def test_a_release_without_vocabulary(browse: Browse, write_release: Write, tmp_path: Path) -> None:
    release = write_release(tmp_path, {"http://e/d": "<http://e/a> <http://e/p> <http://e/b> .\n"})
    with browse(release) as portal:
        assert "/en/ontology" not in portal.get("/en/").text
        assert "/ontology" not in portal.get("/sitemap.xml").text
        for path in ("/ontology", "/ontology.ttl", "/en/ontology"):
            assert portal.get(path, follow_redirects=False).status_code == 404
