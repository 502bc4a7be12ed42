"""A release as CKAN packages, by each field map."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from st_opendata.dcat import MAXIMUM, read_dcat, relocate, score_graph
from st_opendata.errors import ConfigurationError, InputError, UsageError
from st_opendata.model.findings import conforms
from st_opendata.namespaces import expand
from st_opendata.shacl import validate_catalogue
from st_opendata.targets.ckan.fields import read_schema, schema_for, schemas
from st_opendata.targets.ckan.limits import is_name
from st_opendata.targets.ckan.packages import Package, Resource, packages
from st_opendata.targets.ckan.site import Site

SITE = Site("https://portal.example/data/", "office")
BASE = "https://example.org/tiny/"
AUTHORITY = "http://publications.europa.eu/resource/authority"
AGENT = {
    "uri": "https://example.org/publisher",
    "name": "City office",
    "type": "http://purl.org/adms/publishertype/LocalAuthority",
}


@pytest.fixture(scope="session")
def made(release: Path) -> tuple[Package, ...]:
    return packages(release, SITE)


def resource_of(package: Package, name: str) -> Resource:
    return next(each for each in package.resources if each.file_name == name)


def content_of(resource: Resource) -> bytes:
    with resource.open() as content:
        return content.read()


def test_datasets_come_in_the_order_of_the_release_and_the_catalogue_last(made: tuple[Package, ...]) -> None:
    assert [package.name for package in made] == ["tiny-places", "tiny-says", "tiny-catalogue"]
    assert all(is_name(package.name) for package in made)


def test_a_dataset_in_dcat_ap_full(made: tuple[Package, ...]) -> None:
    assert made[0].metadata == {
        "name": "tiny-places",
        "owner_org": "office",
        "uri": f"{BASE}dataset/places",
        "title": "Places",
        "notes": "Cities \\* and &lt;their> countries.",
        "tags": [{"name": "R D public"}, {"name": "city"}],
        "url": "https://example.org/",
        "license_id": "cc-by",
        "contact": [{"uri": f"{BASE}catalogue#contact-point", "name": "City office", "email": "office@example.org"}],
        "publisher": [AGENT],
        "issued": "2020-02-01",
        "modified": "2020-03-01",
        "version": "1.0.0",
        "version_notes": "First.",
        "identifier": f"{BASE}dataset/places",
        "frequency": f"{AUTHORITY}/frequency/AS_NEEDED",
        "provenance": "Read from pages.",
        "dcat_type": f"{AUTHORITY}/dataset-type/STATISTICAL",
        "temporal_coverage": [{"start": "2020-01-01", "end": "2020-12-31"}],
        "spatial_coverage": [
            {"uri": "https://sws.geonames.org/2996944/", "text": "Lyon", "centroid": "POINT(4.84789 45.74906)"},
            {"uri": "http://data.europa.eu/nuts/code/FRK26", "text": "NUTS FRK26 (Lyon)"},
        ],
        "access_rights": f"{AUTHORITY}/access-right/PUBLIC",
        "theme": [f"{AUTHORITY}/data-theme/REGI"],
        "language": [f"{AUTHORITY}/language/ENG", f"{AUTHORITY}/language/FRA"],
        "documentation": ["https://example.org/page"],
        "conforms_to": ["https://example.org/standard"],
        "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
        "extras": [
            {"key": "hvd_category", "value": '["http://data.europa.eu/bna/c_ac64a52d"]'},
            {"key": "source", "value": '["https://example.org/source"]'},
        ],
    }


def test_a_resource_in_dcat_ap_full(release: Path, made: tuple[Package, ...]) -> None:
    resource = resource_of(made[0], "cities.csv")
    iri = f"{BASE}distribution/places/cities.csv"
    url = f"https://portal.example/data/dataset/tiny-places/resource/{resource.id}/download/cities.csv"
    assert UUID(resource.id) == uuid5(NAMESPACE_URL, iri)
    assert resource.file == release / "places" / "cities.csv"
    assert (resource.size, resource.sha256) == (resource.file.stat().st_size, sha256(content_of(resource)).hexdigest())
    assert resource.url == url
    assert resource.metadata == {
        "uri": iri,
        "name": "Cities (CSV)",
        "description": "A table for spreadsheets and programs.",
        "access_url": url,
        "download_url": url,
        "format": "CSV",
        "mimetype": "text/csv",
        "size": resource.size,
        "hash": resource.sha256,
        "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
        "license": f"{AUTHORITY}/licence/CC_BY_4_0",
        "rights": "Free to use with attribution.",
        "availability": f"{AUTHORITY}/planned-availability/STABLE",
        "status": "http://purl.org/adms/status/Completed",
        "issued": "2020-02-01",
        "modified": "2020-03-01",
        "language": [f"{AUTHORITY}/language/ENG", f"{AUTHORITY}/language/FRA"],
        "documentation": [f"{iri}-metadata.json"],
        "conforms_to": ["https://www.rfc-editor.org/rfc/rfc4180"],
        "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
    }


def test_the_picture_is_what_a_visitor_sees_first(release: Path, made: tuple[Package, ...]) -> None:
    picture = made[0].resources[0]
    assert (picture.file_name, picture.file) == ("preview.svg", release / "places" / "preview.svg")
    assert picture.metadata["name"] == "Map (SVG)"
    assert picture.metadata["description"] == "The places of the dataset on a map."
    assert (picture.metadata["format"], picture.metadata["mimetype"]) == ("SVG", "image/svg+xml")
    assert picture.metadata["license"] == f"{AUTHORITY}/licence/CC_BY_4_0"
    assert picture.metadata["hash"] == picture.sha256 == sha256(content_of(picture)).hexdigest()
    assert "preview.svg" not in [resource.file_name for resource in made[1].resources]


def test_workbooks_have_the_names_that_ckan_has_for_them(made: tuple[Package, ...]) -> None:
    """CKAN takes `Excel` for the older format XLS."""
    formats = {each.file_name.rpartition(".")[2]: each.metadata["format"] for each in made[0].resources}
    assert (formats["xlsx"], formats["ods"]) == ("XLSX", "ODS")


def test_files_that_most_people_can_open_come_before_those_for_programs(made: tuple[Package, ...]) -> None:
    names = [resource.file_name for resource in made[0].resources]
    ends = [".svg", ".csv", ".xlsx", ".ods", ".geojson", ".json", ".parquet"]
    ends += [".ttl", ".jsonld", ".rdf", ".nt", "-metadata.json"]
    order = [next(place for place, end in reversed(list(enumerate(ends))) if name.endswith(end)) for name in names]
    assert order == sorted(order)
    assert set(order) == set(range(len(ends)))


def test_metadata_of_tables_are_resources_too(made: tuple[Package, ...]) -> None:
    resource = resource_of(made[0], "cities.csv-metadata.json")
    assert resource.metadata["format"] == "JSON"
    assert resource.metadata["license"] == f"{AUTHORITY}/licence/CC_BY_4_0"
    assert resource.metadata["hash"] == resource.sha256 == sha256(content_of(resource)).hexdigest()


def test_a_plain_ckan_gets_words(release: Path) -> None:
    places = packages(release, replace(SITE, schema="plain", language="fr"))[0]
    extras = {extra["key"]: extra["value"] for extra in places.metadata["extras"]}  # type: ignore[attr-defined]
    assert places.metadata["title"] == "Lieux"
    assert places.metadata["tags"] == [{"name": "qualité d air"}, {"name": "ville"}]
    assert places.metadata["maintainer_email"] == "office@example.org"
    assert extras["language"] == "anglais, français"
    assert extras["publisher_name"] == "City office"
    assert extras["theme"] == "Régions et villes"
    assert all(isinstance(value, str) for value in extras.values())
    resource = resource_of(places, "places.rdf")
    assert resource.metadata["format"] == "RDF"
    assert resource.url == f"https://portal.example/data/dataset/tiny-places/resource/{resource.id}/download/places.rdf"


def test_the_plugins_of_a_site_tell_its_schema() -> None:
    assert schema_for(["dcat", "datastore", "scheming_datasets"]) == "dcat_ap_full"
    assert schema_for(["dcat", "datastore"]) == "dcat_extras"
    assert schema_for(["datastore"]) == schema_for([]) == "plain"


@pytest.mark.parametrize("schema", schemas())
def test_nothing_gets_lost_without_a_word(release: Path, schema: str) -> None:
    notices = [notice for each in packages(release, replace(SITE, schema=schema)) for notice in each.notices]
    reasons = read_schema(schema).without_field
    assert {(notice.field, str(notice.text).partition(":")[0]) for notice in notices} == {
        ("dcat:inSeries", str(reasons[expand("dcat:inSeries")])),
        ("void:triples", str(reasons[expand("void:triples")])),
        ("tags", '"R&D (public)" becomes the tag "R D public"'),
        ("tags", '"X" cannot be a tag and is left out'),
        *(
            [("spatial_uri", "the site has room for one, NUTS FRK26 (Lyon); it lacks Lyon")]
            if schema == "dcat_extras"
            else []
        ),
    }


def test_iris_for_sites_that_are_harvested_from_their_own_rdf(release: Path) -> None:
    metadata = resource_of(packages(release, replace(SITE, iris=True))[0], "cities.csv").metadata
    assert metadata["format"] == f"{AUTHORITY}/file-type/CSV"
    assert metadata["mimetype"] == "https://www.iana.org/assignments/media-types/text/csv"


def test_the_catalogue_is_valid_and_scores_in_full_where_the_portal_has_the_files(
    made: tuple[Package, ...], tmp_path: Path
) -> None:
    catalogue = made[-1]
    assert [each.file_name for each in catalogue.resources] == ["catalog.ttl", "catalog.jsonld", "catalog.rdf"]
    urls = {str(each.metadata["download_url"]) for package in made[:-1] for each in package.resources}
    triples = []
    for resource in catalogue.resources:
        content = content_of(resource)
        assert (resource.size, resource.sha256) == (len(content), sha256(content).hexdigest())
        (tmp_path / resource.file_name).write_bytes(content)
        graph = read_dcat(tmp_path / resource.file_name)
        triples.append(set(graph))
        assert conforms(validate_catalogue(graph))
    assert triples[0] == triples[1] == triples[2]
    scores = score_graph(
        graph, answers=urls.__contains__, conforms=lambda dataset: conforms(validate_catalogue(dataset))
    )
    assert [score.points for score in scores] == [MAXIMUM, MAXIMUM]


def test_the_catalogue_says_all_that_the_release_says(release: Path, made: tuple[Package, ...], tmp_path: Path) -> None:
    (tmp_path / "catalog.ttl").write_bytes(content_of(made[-1].resources[0]))
    before, after = set(read_dcat(release / "catalog.ttl")), set(read_dcat(tmp_path / "catalog.ttl"))
    changed = {str(predicate).rpartition("#")[2] for _, predicate, _ in before ^ after}
    assert changed == {"accessURL", "downloadURL"}
    assert len(before) == len(after)


def test_the_same_release_gives_the_same_packages(release: Path, made: tuple[Package, ...]) -> None:
    assert packages(release, SITE) == made
    assert json.loads(json.dumps(made[0].metadata)) == made[0].metadata


def test_the_digest_follows_metadata_and_files(release: Path, made: tuple[Package, ...], tmp_path: Path) -> None:
    assert packages(release, replace(SITE, language="fr"))[0].digest != made[0].digest
    other = tmp_path / "release"
    shutil.copytree(release, other)
    manifest = json.loads((other / "release.json").read_text("utf-8"))
    changed = next(file for file in manifest["files"] if file["path"] == "says/says.csv")
    changed["sha256"] = "0" * 64
    (other / "release.json").write_text(json.dumps(manifest), "utf-8")
    again = packages(other, SITE)
    assert again[0].digest == made[0].digest
    assert again[1].digest != made[1].digest


def test_large_files_are_refused_before_the_first_write(release: Path) -> None:
    with pytest.raises(UsageError, match="larger than the site's limit of 100 bytes: ") as refused:
        packages(release, replace(SITE, max_upload=100))
    assert "--link-base" in str(refused.value)


def test_large_files_are_linked_where_told(release: Path, tmp_path: Path) -> None:
    largest = max(each.size for each in packages(release, SITE)[-1].resources)
    site = replace(SITE, max_upload=largest, link_base="https://files.example/tiny")
    assert all(each.file for package in packages(release, site) for each in package.resources)
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    manifest = json.loads((copy / "release.json").read_text("utf-8"))
    large = next(file for file in manifest["files"] if file["path"] == "places/cities.parquet")
    large["size"] = largest + 1
    (copy / "release.json").write_text(json.dumps(manifest), "utf-8")
    resource = resource_of(packages(copy, site)[0], "cities.parquet")
    assert resource.file is None
    assert resource.metadata["url"] == "https://files.example/tiny/places/cities.parquet"
    assert resource.metadata["url"] == resource.metadata["download_url"] == resource.metadata["access_url"]
    with pytest.raises(ValueError, match="is a link"):
        resource.open()


def test_of_the_catalogue_those_files_are_published_that_the_site_takes(
    release: Path, made: tuple[Package, ...]
) -> None:
    sizes = sorted(each.size for each in made[-1].resources)
    assert max(each.size for package in made[:-1] for each in package.resources) < sizes[0]
    fitting = packages(release, replace(SITE, max_upload=sizes[0]))[-1].resources
    assert [each.size for each in fitting] == sizes[:1]
    with pytest.raises(InputError, match="max_resource_size"):
        packages(release, replace(SITE, max_upload=sizes[0] - 1))


def test_a_large_catalogue_is_written_in_parts_with_the_same_bytes(
    release: Path, made: tuple[Package, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocate, "_PART", 7)
    assert [each.sha256 for each in packages(release, SITE)[-1].resources] == [
        each.sha256 for each in made[-1].resources
    ]


@pytest.mark.parametrize("id", ["x" * 80, "catalogue"])
def test_names_that_ckan_refuses_are_found(release: Path, tmp_path: Path, id: str) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    manifest = json.loads((copy / "release.json").read_text("utf-8"))
    if id == "catalogue":
        manifest["datasets"][0]["id"] = id
    else:
        manifest["catalogue"] = id * 2
    (copy / "release.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ConfigurationError):
        packages(copy, SITE)


def test_a_catalogue_of_another_release_is_refused(release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    text = (copy / "catalog.ttl").read_text("utf-8").replace("/places/cities.csv>", "/places/towns.csv>")
    (copy / "catalog.ttl").write_text(text, "utf-8")
    with pytest.raises(InputError, match="does not describe the file places/cities"):
        packages(copy, SITE)


def test_an_unknown_schema_names_the_known(release: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        packages(release, replace(SITE, schema="other"))
    assert "dcat_ap_full, dcat_extras, plain" in str(refused.value)
