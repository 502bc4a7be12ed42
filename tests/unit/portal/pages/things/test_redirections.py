"""From an IRI to a document about it: which one, by which path, and how odd requests end."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from st_opendata.portal.addresses import document_of, link_of, page_of
from st_opendata.release import read_release

BASE = "https://w3id.org/st-opendata/smarter-together/"
LYON = f"{BASE}city/lyon"
FORMS = {
    "text/turtle": (".ttl", ox.RdfFormat.TURTLE),
    "application/ld+json": (".jsonld", ox.RdfFormat.JSON_LD),
    "application/n-triples": (".nt", ox.RdfFormat.N_TRIPLES),
    "application/rdf+xml": (".rdf", ox.RdfFormat.RDF_XML),
}


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "/fr/thing/city/lyon"),
        ("*/*", "/fr/thing/city/lyon"),
        ("text/turtle", "/data/city/lyon.ttl"),
        ("text/turtle;q=0.4, application/rdf+xml;q=0.7, text/html;q=0.1", "/data/city/lyon.rdf"),
        ("application/ld+json, text/turtle;q=0.9", "/data/city/lyon.jsonld"),
        ("application/*", "/data/city/lyon.jsonld"),
        ("text/html;q=0, */*;q=0.5", "/data/city/lyon.ttl"),
    ],
)
def test_a_thing_redirects_to_what_the_client_asks_for(smarter: TestClient, accept: str, target: str) -> None:
    answer = smarter.get("/id/city/lyon", headers={"Accept": accept, "Accept-Language": "fr"})
    assert (answer.status_code, answer.headers["Location"]) == (303, target)
    assert {"Accept", "Accept-Language"} <= {each.strip() for each in answer.headers["Vary"].split(",")}


def test_what_nothing_fits_lists_all_there_is(smarter: TestClient) -> None:
    answer = smarter.get("/id/city/lyon", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert [line.partition(": ")[0] for line in answer.text.splitlines()[1:]] == ["text/html", *FORMS]


@pytest.mark.parametrize(
    "path",
    ["/city/lyon", "/st-opendata/smarter-together/city/lyon", "/id/city/lyon"],
    ids=["below the site", "the whole path of the IRI", "by id"],
)
def test_the_path_of_an_iri_leads_to_it(smarter: TestClient, path: str) -> None:
    answer = smarter.get(path, headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/data/city/lyon.ttl")


def test_a_file_of_the_release_comes_before_a_thing(smarter: TestClient) -> None:
    assert smarter.get("/cities/cities.csv").status_code == 200


@pytest.mark.parametrize("media_type", FORMS)
def test_every_form_of_a_document_states_the_same(smarter: TestClient, media_type: str) -> None:
    extension, syntax = FORMS[media_type]
    answer = smarter.get(f"/data/city/lyon{extension}")
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    triples = {str(quad.triple) for quad in ox.parse(answer.content, format=syntax)}
    plain = smarter.get("/data/city/lyon.nt").text.splitlines()
    assert triples == {line.removesuffix(" .") for line in plain}
    assert any(line.startswith(f"<{BASE}strand/lyon>") for line in plain)  # what points to it


def test_a_document_names_what_it_describes_and_its_other_forms(smarter: TestClient) -> None:
    link = smarter.get("/data/city/lyon.ttl").headers["Link"]
    assert f'<{LYON}>; rel="describes"' in link
    assert '/data/city/lyon.ttl>; rel="canonical"' in link
    assert '/data/city/lyon.rdf>; rel="alternate"; type="application/rdf+xml"' in link
    assert '/en/thing/city/lyon>; rel="alternate"; type="text/html"' in link


def test_a_document_holds_the_claims_about_the_thing(smarter: TestClient) -> None:
    text = smarter.get("/data/project/smarter-together.nt").text
    assert f"<{BASE}claim/end-eufa> <http://www.w3.org/1999/02/22-rdf-syntax-ns#object>" in text


@pytest.mark.parametrize(
    "path",
    [
        "/id/city/%00", "/id/unknown", "/id/city/%ff%fe", "/id/" + "x" * 5000, "/id/..%2f..%2fetc%2fpasswd",
        "/id/city%2f%2e%2e", "/data/city/lyon", "/data/city/lyon.xml", "/data/x.ttl", "/data.ttl", "/data.exe?iri=x",
        "/data.ttl?iri=", "/en/thing", "/en/thing?iri=javascript:alert(1)", "/en/thing?iri=http://%00",
        "/en/thing?iri=http://[::1", "/en/thing?iri=%ff", "/xx/thing/city/lyon", "/en/thing/city/lyon?via=x",
        "/en/thing/country/FR?via=https://w3id.org/st-opendata/ontology%23country&page=0",
        "/en/thing/country/FR?via=https://w3id.org/st-opendata/ontology%23country&page=99",
        "/en/thing/country/FR?via=https://w3id.org/st-opendata/ontology%23country&page=1e9",
        "/en/thing/country/FR?via=https://w3id.org/st-opendata/ontology%23country&page=" + "9" * 4000,
        "/scheme/unknown", "/scheme/city-role/unknown", "/scheme/city-role.exe", "/en/scheme/unknown", "/ontology.exe",
    ],
)  # fmt: skip
def test_odd_requests_are_refused(smarter: TestClient, path: str) -> None:
    answer = smarter.get(path, headers={"Accept": "text/html"})
    assert answer.status_code in (404, 406)
    assert "<h1>" in answer.text


@pytest.mark.slow
def test_every_iri_of_the_odd_release_has_a_page_and_a_document(odd: TestClient, odd_release: Path) -> None:
    release = read_release(odd_release)
    quads = ox.parse(path=str(odd_release / "items/items.nt"), format=ox.RdfFormat.N_TRIPLES)
    subjects = sorted({quad.subject.value for quad in quads})[:40]
    assert any("%2F" in each for each in subjects)
    for iri in subjects:
        for address in (page_of(release, iri, "en"), document_of(release, iri, ".ttl")):
            answer = odd.get(address)
            assert answer.status_code == 200, address
            assert iri.rpartition("/")[2] in answer.text.replace("\\", "")


def test_what_browsers_would_change_in_a_path_is_asked_for_by_its_iri(odd_release: Path) -> None:
    release = read_release(odd_release)
    assert page_of(release, f"{release.base}item/..", "de").startswith("/de/thing?iri=https%3A%2F%2F")


@pytest.mark.parametrize(
    "iri", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "http://[x",
            "http://a b", "//example.org", "", "urn:isbn:1", "http://x\"onclick=y"],
)  # fmt: skip
def test_no_link_leads_to_what_runs(iri: str) -> None:
    assert link_of(iri) is None


@pytest.mark.parametrize("iri", ["https://example.org/a?b=(c)#d", "http://example.org", "mailto:a@example.org"])
def test_links_lead_to_pages_and_people(iri: str) -> None:
    assert link_of(iri) == iri


@pytest.mark.quick(5)
@pytest.mark.parametrize("extension", [".ttl", ".jsonld", ".nt", ".rdf"])
@pytest.mark.parametrize("path", ["/data/city/lyon", "/ontology", "/scheme/city-role", "/catalog"])
def test_who_has_a_document_is_told_so(smarter: TestClient, path: str, extension: str) -> None:
    if path == "/catalog" and extension == ".nt":
        pytest.skip("the catalogue has no N-Triples")
    first = smarter.get(path + extension)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "public, no-cache")
    again = smarter.get(path + extension, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers
    assert smarter.get(path + extension, headers={"If-None-Match": '"other"'}).status_code == 200


def test_no_two_documents_have_the_same_tag(smarter: TestClient) -> None:
    paths = ["/data/city/lyon.ttl", "/data/city/lyon.nt", "/data/city/vienna.ttl", "/ontology.ttl", "/ontology.rdf"]
    paths += ["/scheme/city-role.ttl", "/scheme/claim-rank.ttl", "/catalog.ttl", "/catalog.rdf"]
    assert len({smarter.get(path).headers["ETag"] for path in paths}) == len(paths)
