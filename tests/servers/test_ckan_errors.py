"""Faults before the first write: one message reports them, and the portal stays unchanged."""

from __future__ import annotations

import base64
import hmac
import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from publisher import ID, NAMES, NOTES, PLACES, Publisher, assert_published, only_message, show
from relay import Answer, Cut, Relay, Request, Stage

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied")]

Stack = Callable[..., None]


def answering(status: str, content: str, **headers: str) -> Callable[[Request, Stage], None]:
    """Something else than the portal answers."""

    def act(request: Request, stage: Stage) -> None:
        raise Answer(status, content, **headers)

    return act


def assert_untouched(publisher: Publisher) -> None:
    """No request for a change was sent, and the portal has none of our data."""
    assert {request.method for request in publisher.relay.requests} <= {"GET"}
    for name in NAMES:
        assert publisher.ckan.post("package_show", token=publisher.ckan.token, id=name).status_code == 404


@pytest.mark.parametrize(
    ("status", "content", "headers", "says"),
    [
        ("200 OK", "<title>Welcome</title>", {}, 'not from CKAN\'s API: a web page, "Welcome"'),
        ("200 OK", '{"success": true, "result": {"version": 1}}', {}, "not a CKAN"),
        ("200 OK", '{"version": 1}', {}, "not from CKAN's API"),
        ("404 Not Found", "<p>Nothing here</p>", {}, "not from CKAN's API: Nothing here"),
        ("500 Internal Server Error", "<title>Oh no</title>", {}, 'answered 500: a web page, "Oh no"'),
        ("502 Bad Gateway", "<title>Bad gateway</title>", {"Retry-After": "0"}, "answered 502"),
        ("301 Moved", "", {"Location": "https://portal.example/api/action/status_show"}, "https://portal.example"),
    ],
    ids=["web page", "other JSON", "no envelope", "404", "500 in HTML", "502", "redirect to https"],
)
def test_what_answers_is_no_ckan(
    publisher: Publisher, releases: tuple[Path, ...], status: str, content: str, headers: dict[str, str], says: str
) -> None:
    assert says in publisher.failed(releases[0], answering(status, content, **headers))
    assert_untouched(publisher)
    publisher.repaired(releases[0])


def test_a_wrong_url(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    for url, says in (
        ("http://127.0.0.1:9", "did not answer"),
        (f"{publisher.relay.url}/nothing", "not from CKAN's API"),
    ):
        code, _, err = publisher.command(releases[0], url=url)
        assert (code, says in only_message(err), url in err) == (4, True, True)
    assert_untouched(publisher)


def test_nobody_ever_answers(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    over = Event()

    def wait(request: Request, stage: Stage) -> None:
        over.wait(60)
        raise Cut

    publisher.relay.begin(wait)
    try:
        code, _, err = publisher.command(releases[0], "--timeout", "0.3", url=publisher.relay.url)
    finally:
        over.set()
    assert (code, "did not answer within 0.3 seconds" in only_message(err)) == (4, True)
    assert_untouched(publisher)


@pytest.fixture
def tls(publisher: Publisher, tmp_path: Path) -> Iterator[tuple[Relay, Path]]:
    """The portal behind TLS, with a certificate that it signed itself."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=portal"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*made, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Relay(publisher.ckan.url, context) as relay:
        yield relay, certificate


def test_a_certificate_that_nobody_vouches_for(
    publisher: Publisher, releases: tuple[Path, ...], tls: tuple[Relay, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, certificate = tls
    code, _, err = publisher.command(releases[0], url=relay.url)
    told = only_message(err)
    assert (code, "self-signed certificate" in told, "REQUESTS_CA_BUNDLE" in told) == (4, True, True)
    assert relay.requests == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert publisher.command(releases[0], "--dry-run", url=relay.url)[0] == 0


def signed(token: str, key: str, **claims: object) -> str:
    """The API token (a JSON Web Token, RFC 7519) with more claims, signed anew (HS256) with the site's key."""
    header, content, _ = token.split(".")
    known = json.loads(base64.urlsafe_b64decode(content + "=="))
    parts = f"{header}.{base64.urlsafe_b64encode(json.dumps(known | claims).encode()).decode().rstrip('=')}"
    digest = hmac.digest(key.encode(), parts.encode(), "sha256")
    return f"{parts}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


@pytest.fixture
def stranger(ckan: Any) -> Iterator[str]:
    """The token of a user who has no organisation."""
    name = f"stranger-{uuid4().hex[:8]}"
    user = {"name": name, "email": f"{name}@example.org", "password": uuid4().hex}
    assert ckan.post("user_create", token=ckan.sysadmin, **user).status_code == 200
    yield ckan.post("api_token_create", token=ckan.sysadmin, user=name, name="t").json()["result"]["token"]
    ckan.post("user_delete", token=ckan.sysadmin, id=name)


@pytest.mark.parametrize("kind", ["missing", "wrong", "expired", "revoked", "without rights"])
def test_a_token_that_does_not_do(
    publisher: Publisher,
    releases: tuple[Path, ...],
    stranger: str,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing of it is ever shown."""
    ckan = publisher.ckan
    unknown = "the portal does not know the token", "API Tokens"
    cases = {
        "missing": ("", *unknown),
        "wrong": ("wrong-token", *unknown),
        "expired": (signed(stranger, secret(ckan), exp=int(time.time()) - 60), *unknown),
        "revoked": (stranger, *unknown),
        "without rights": (stranger, "may not create datasets in the organisation", "an editor"),
    }
    token, says, remedy = cases[kind]
    if kind == "revoked":
        identifier = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["jti"]
        assert ckan.post("api_token_revoke", token=ckan.sysadmin, jti=identifier).status_code == 200
    if kind == "expired":  # what differs is the time alone
        valid = signed(stranger, secret(ckan), exp=int(time.time()) + 600)
        assert ckan.post("user_show", token=valid).status_code == 200
    monkeypatch.setenv("ST_CKAN_TOKEN", token)
    told = publisher.failed(releases[0])
    assert says in told
    assert remedy in told
    assert not token or token not in told
    if token:
        monkeypatch.delenv("ST_CKAN_TOKEN")
        (tmp_path / "token").write_text(token)
        assert publisher.failed(releases[0], lambda *_: None, "--token-file", str(tmp_path / "token")) == told
    assert_untouched(publisher)


def secret(ckan: Any) -> str:
    """The key with which the site signs tokens."""
    if not ckan.state:
        pytest.skip("the key is only known of a stack of `make ckan`")
    return str(json.loads((ckan.state / "secrets.json").read_text("utf-8"))["token"])


def test_an_organisation_that_is_not_there(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    told = publisher.failed(releases[0], lambda *_: None, "--organization", "nobody")
    assert 'no organisation "nobody"' in told
    assert publisher.ckan.organization in told
    assert_untouched(publisher)


@pytest.fixture
def others(ckan: Any) -> Iterator[str]:
    """Another organisation, in which we may do nothing."""
    name = f"others-{uuid4().hex[:8]}"
    assert ckan.post("organization_create", token=ckan.sysadmin, name=name).status_code == 200
    yield name
    for dataset in NAMES:
        ckan.post("dataset_purge", token=ckan.sysadmin, id=dataset)
    ckan.post("organization_purge", token=ckan.sysadmin, id=name)


@pytest.mark.parametrize("state", ["public", "private", "deleted"])
def test_a_name_that_others_have(publisher: Publisher, releases: tuple[Path, ...], others: str, state: str) -> None:
    ckan = publisher.ckan
    theirs = {"name": PLACES, "title": "Theirs", "notes": "Theirs.", "owner_org": others}
    made = ckan.post("package_create", token=ckan.sysadmin, **theirs, private=state == "private").json()["result"]
    if state == "deleted":
        assert ckan.post("package_delete", token=ckan.sysadmin, id=PLACES).status_code == 200
    before = ckan.post("package_show", token=ckan.sysadmin, id=made["id"]).json()["result"]
    for options in ((), ("--overwrite", "--prune")):
        code, written = publisher.publish(releases[0], *options)
        assert code == 4
        assert f"taken      {PLACES}: its name is used" in written
        assert f"Left unchanged: {PLACES}" in written
        assert "give the catalogue another id" in written
        assert ckan.post("package_show", token=ckan.sysadmin, id=made["id"]).json()["result"] == before
    assert show(ckan, NOTES)["title"] == "Places"  # the others are published
    assert ckan.post("dataset_purge", token=ckan.sysadmin, id=made["id"]).status_code == 200
    assert publisher.repaired(releases[0])[PLACES] == "not on the portal"


def test_a_name_of_a_deleted_dataset_of_the_same_organisation(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    ckan = publisher.ckan
    made = ckan.act("package_create", name=PLACES, title="Theirs", notes="n", owner_org=ckan.organization)
    ckan.act("package_delete", id=PLACES)
    code, written = publisher.publish(releases[0])
    assert (code, "its name is used by a deleted dataset that was not published from here" in written) == (4, True)
    kept = ckan.act("package_show", id=made["id"])
    assert (kept["name"], kept["state"]) == (PLACES, "deleted")


def under_another_id(release: Path, folder: Path) -> Path:
    """The same catalogue with the same IRIs, for datasets of other names."""
    shutil.copytree(release, folder)
    manifest = folder / "release.json"
    manifest.write_text(manifest.read_text("utf-8").replace(f'"catalogue": "{ID}"', f'"catalogue": "{ID}-b"'), "utf-8")
    return folder


def test_the_same_base_under_another_id(
    publisher: Publisher, releases: tuple[Path, ...], tmp_path: Path, sent: list[str]
) -> None:
    publisher.published(releases[0])
    other = under_another_id(releases[0], tmp_path / "other")
    sent.clear()
    told = publisher.failed(other)
    assert f'under another id: the dataset "{ID}-catalogue" has its files' in told
    assert "POST" not in sent
    assert_published(publisher.ckan, releases[0])


def test_files_that_another_dataset_has(publisher: Publisher, releases: tuple[Path, ...], tmp_path: Path) -> None:
    publisher.published(releases[0])
    publisher.ckan.purge(f"{ID}-catalogue")
    try:
        code, written = publisher.publish(under_another_id(releases[0], tmp_path / "other"))
        assert code == 4
        assert f'taken      {ID}-b-places: its files are those of "{ID}-places", published under another id' in written
        assert f"Left unchanged: {ID}-b-notes, {ID}-b-places: on the portal under another name, see above." in written
    finally:
        publisher.ckan.purge(f"{ID}-b-catalogue")


@pytest.mark.parametrize(
    ("part", "says"), [("solr", "search failed"), ("postgres", "answered 500"), ("gunicorn", "did not answer")]
)
def test_a_part_of_the_portal_that_is_down(
    publisher: Publisher, releases: tuple[Path, ...], stack: Stack, part: str, says: str
) -> None:
    stack("stop", part)
    try:
        told = publisher.failed(releases[0])
    finally:
        stack("start")
    assert says in told
    assert_untouched(publisher)
    publisher.repaired(releases[0])


def test_names_that_ckan_does_not_take(publisher: Publisher, releases: tuple[Path, ...], tmp_path: Path) -> None:
    release = shutil.copytree(releases[0], tmp_path / "long")
    content = json.loads((release / "release.json").read_text("utf-8"))
    content["catalogue"] = "x" * 95
    (release / "release.json").write_text(json.dumps(content), "utf-8")
    publisher.relay.begin()
    code, written = publisher.publish(release)
    assert (code, "CKAN takes no dataset named" in written) == (3, True)
    assert_untouched(publisher)


def test_tags_that_ckan_does_not_take(publisher: Publisher, releases: tuple[Path, ...], tmp_path: Path) -> None:
    """They are changed or left out, which the plan says."""
    release = shutil.copytree(releases[0], tmp_path / "tags")
    text = (release / "catalog.ttl").read_text("utf-8")
    text = text.replace('"city"@en', '"R&D (public)"@en').replace('"example"@en', '"X"@en')
    (release / "catalog.ttl").write_text(text, "utf-8")
    publisher.relay.begin()
    code, written = publisher.publish(release, "--dry-run")
    assert code == 0
    assert '"R&D (public)" becomes the tag "R D public"' in written
    assert '"X" cannot be a tag and is left out' in written
    assert_untouched(publisher)
    publisher.published(release)
    assert [tag["name"] for tag in show(publisher.ckan, PLACES)["tags"]] == ["R D public"]
