"""Files and links of a publisher as resources of a portal."""

from __future__ import annotations

from pathlib import Path

import pytest
from plans import write_plans

from st_opendata.build import Job, build
from st_opendata.targets.ckan.fields import schemas
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.plan import desired_dataset
from st_opendata.targets.ckan.site import Site


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans")
    build(Job(write_plans(folder / "catalogue")), folder / "release")
    return folder / "release"


@pytest.mark.parametrize("schema", schemas())
def test_files_are_uploads_and_links_are_addresses(plans: Path, schema: str) -> None:
    site = Site("https://portal.example", "office", schema=schema)
    package = packages(plans, site)[0]
    uploads = [each for each in package.resources if each.file]
    links = [each for each in package.resources if not each.file]
    assert {each.file_name for each in uploads} >= {"report.pdf", "areas.gpkg", "map.png", "roads.zip"}
    assert {each.metadata["format"] for each in uploads} == {"PDF", "ZIP", "PNG", "Shapefile", "GeoJSON", "GeoPackage"}
    assert [each.metadata.get("format") for each in links] == ["WMS", None, "CSV"]
    assert all(each.url.startswith("https://portal.example/dataset/fennwick-plans/resource/") for each in uploads)
    assert [each.url for each in links] == [
        "https://geo.fennwick.example/wms",
        "https://www.fennwick.example/plans",
        "https://files.fennwick.example/big.csv",
    ]
    assert [each.metadata["url"] for each in links] == [each.url for each in links]
    assert [each.metadata["name"] for each in links][:2] == ["Map service", "Page about the plans"]
    sent = desired_dataset(package, site, "https://data.fennwick.example/").dataset["resources"]
    assert [each.get("url_type") for each in sent if not each["url"]] == ["upload"] * len(uploads)
    assert len({each["id"] for each in sent}) == len(package.resources)


def test_a_changed_link_changes_the_package(plans: Path, tmp_path: Path) -> None:
    folder = write_plans(tmp_path / "catalogue")
    path = folder / "plans" / "dataset.yaml"
    path.write_text(path.read_text("utf-8").replace("Page about the plans", "Another page"), "utf-8")
    build(Job(folder), tmp_path / "release")

    def made(release: Path) -> Package:
        return packages(release, Site("https://portal.example", "office"))[0]

    assert made(plans).digest != made(tmp_path / "release").digest
    assert [each.id for each in made(plans).resources] == [each.id for each in made(tmp_path / "release").resources]
