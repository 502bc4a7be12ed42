"""The page of a dataset on the real CKAN, in a real browser; screenshots are in build/screens.

Without Playwright or Chromium these tests are skipped; ST_REQUIRE=browser makes that a failure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from st_opendata.__main__ import main
from st_opendata.release import read_release

pytestmark = pytest.mark.xdist_group("ckan")

CATALOGUE = """\
id: {id}
base: https://example.org/{id}/
title: {{en: A page to look at, fr: Une page à voir}}
description: {{en: Made by a test., fr: Faite par un test.}}
publisher: {{iri: "https://example.org/publisher", name: {{en: City office}}, type: LocalAuthority}}
contactPoint: {{name: {{en: City office}}, email: office@example.org}}
license: CC_BY_4_0
accessRights: PUBLIC
language: [en, fr]
theme: [REGI]
keyword: {{en: [city, example]}}
spatial: [{{iri: "https://sws.geonames.org/2996944/", label: {{en: Lyon}}, centroid: [45.74906, 4.84789], nuts: FRK26}}]
temporal: {{start: 2020-01-01, end: 2020-12-31}}
issued: 2020-02-01
modified: 2020-03-01
datasets: [cities, shares]
"""
CITIES_DATASET = """\
title: {en: "Smarter Together: cities", fr: "Smarter Together : villes"}
description: {en: Eight cities and where they are., fr: Huit villes et leur position.}
tables:
  - url: cities.csv
    title: {en: Cities, fr: Villes}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: name_en, titles: {en: Name in English}, lang: en, propertyUrl: "rdfs:label"}
        - {name: name_fr, titles: {en: Name in French}, lang: fr, propertyUrl: "rdfs:label"}
        - {name: latitude, titles: {en: Latitude}, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: longitude, titles: {en: Longitude}, datatype: decimal, propertyUrl: "geo:long"}
"""
SHARES_DATASET = """\
title: {en: "Smarter Together: shares", fr: "Smarter Together : parts"}
description: {en: What partners receive., fr: Ce que reçoivent les partenaires.}
tables:
  - url: shares.csv
    title: {en: Shares of partners, fr: Parts des partenaires}
    tableSchema:
      aboutUrl: "share/{partner}"
      primaryKey: partner
      columns:
        - {name: partner, required: true}
        - name: amount
          titles: {en: Amount, fr: Montant}
          datatype: {base: decimal, format: {decimalChar: ",", groupChar: " "}}
          propertyUrl: "eurio:value"
        - {name: currency, propertyUrl: "eurio:currency"}
"""
ID = f"page-test-{uuid4().hex[:8]}"
CITIES, SHARES = f"{ID}-cities", f"{ID}-shares"
CITY_COLUMNS = {name: name for name in ("id", "name_en", "name_fr", "latitude", "longitude")}
SHARE_COLUMNS = {"partenaire": "partner", "montant": "amount", "devise": "currency"}
DATASETS = {
    "cities": ("cities/cities.csv", ",", CITY_COLUMNS, CITIES_DATASET),
    "shares": ("funding/shares.csv", ";", SHARE_COLUMNS, SHARES_DATASET),
}
WIDTHS = (1280, 360)


def run(*arguments: object) -> None:
    """A command in this process that must succeed."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    assert code == 0, out.getvalue() + err.getvalue()


@pytest.fixture(scope="module")
def release(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cities and shares of Smarter Together, as a small catalogue."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(id=ID), "utf-8")
    for dataset, (source, delimiter, columns, described) in DATASETS.items():
        (folder / dataset).mkdir()
        (folder / dataset / "dataset.yaml").write_text(described, "utf-8")
        with (root / "datasets" / source).open(encoding="utf-8", newline="") as table:
            rows = [[row[name] for name in columns] for row in csv.DictReader(table, delimiter=delimiter)]
        with (folder / dataset / f"{dataset}.csv").open("w", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows([list(columns.values()), *rows])
    run("build", folder, "--output", folder / "release")
    return folder / "release"


@pytest.fixture(scope="module")
def portal(browser: Any, release: Path, ckan: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The CKAN with the release on it."""
    token = tmp_path_factory.mktemp("token") / "token"
    token.write_text(ckan.token, "ascii")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_CACHE_HOME", str(token.parent))
        target = ("--url", ckan.url, "--organization", ckan.organization, "--token-file", token)
        run("publish", "ckan", release, *target)
    yield ckan
    for dataset in (*DATASETS, "catalogue"):
        ckan.purge(f"{ID}-{dataset}")


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, portal: Any) -> Iterator[Visit]:
    """Opens a page of the portal as a visitor who is not logged in."""
    opened = []

    def open_page(path: str, width: int = WIDTHS[0]) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900}, locale="en-GB")
        opened.append(page)
        answer = page.goto(f"{portal.url}{path}")
        assert answer.ok
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for page in opened:
        page.close()


def shown(portal: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = portal.post("package_show", id=name).json()["result"]
    return found


def page_of(portal: Any, name: str, file: str) -> str:
    """The path of a resource's page."""
    [resource] = [each for each in shown(portal, name)["resources"] if each["url"].endswith(f"/{file}")]
    return f"/dataset/{name}/resource/{resource['id']}"


def view_of(page: Any) -> Any:
    """The frame in which a page shows a preview."""
    frame = page.locator("iframe").first
    frame.scroll_into_view_if_needed()
    content = frame.element_handle().content_frame()
    content.wait_for_load_state("networkidle")
    return content


def test_the_dataset_page(portal: Any, visit: Visit) -> None:
    page = visit(f"/dataset/{CITIES}")
    dataset = shown(portal, CITIES)
    assert page.locator("h1").first.inner_text() == "Smarter Together: cities"
    assert dataset["notes"] in page.locator(".notes").inner_text()
    names = page.locator(".resource-item .heading").all_inner_texts()
    assert [name.split("\n")[0].strip() for name in names] == [each["name"] for each in dataset["resources"]]
    assert names[0].startswith("Map (SVG)")
    labels = set(page.locator(".resource-item .format-label").evaluate_all("all => all.map(x => x.dataset.format)"))
    assert labels >= {"svg", "csv", "geojson", "json", "parquet", "turtle", "n-triples"}
    assert "Creative Commons Attribution" in page.locator(".license").inner_text()
    assert "Smarter Together" in page.locator(".context-info, .organization, aside").first.inner_text()


def test_the_organisation_has_logo_and_description(portal: Any, visit: Visit) -> None:
    if not portal.state:
        pytest.skip("the organisation of a CKAN from elsewhere is not ours")
    for path in (f"/dataset/{CITIES}", f"/organization/{portal.organization}"):
        page = visit(path)
        logo = page.locator("aside .image img")
        assert logo.evaluate("image => image.naturalWidth") == 240
        assert "Horizon 2020, grant 691876" in page.locator("aside").inner_text().replace("\n", " ")


@pytest.mark.parametrize(("dataset", "ratio"), [("cities", 0.7), ("shares", 0.55)])
def test_the_picture_is_drawn(portal: Any, visit: Visit, dataset: str, ratio: float) -> None:
    page = visit(page_of(portal, f"{ID}-{dataset}", "preview.svg"))
    picture = page.locator("img[src$='/preview.svg']").first  # this view has no frame
    width, height = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert width > 700
    assert height > width * ratio
    assert picture.evaluate("image => image.complete && image.getBoundingClientRect().width > 300")


def test_the_table_has_its_rows(portal: Any, visit: Visit) -> None:
    frame = view_of(visit(page_of(portal, CITIES, "cities.csv")))
    rows = frame.locator("table tbody tr")
    rows.filter(has_text="Yokohama").first.wait_for(timeout=30_000)
    assert rows.filter(has_text="Lyon").count() >= 1
    assert rows.count() == 8
    titles = " ".join(frame.locator("thead").all_inner_texts()).replace("\u00a0", " ")
    assert "Name in French" in titles


def test_the_map_has_its_places(portal: Any, visit: Visit) -> None:
    frame = view_of(visit(page_of(portal, CITIES, "cities.geojson")))
    markers = frame.locator(".leaflet-marker-icon")
    markers.first.wait_for(timeout=30_000)
    assert markers.count() == 8


@pytest.mark.parametrize("file", ["preview.svg", "cities.csv", "cities.ttl"])
def test_a_download_is_what_was_released(portal: Any, visit: Visit, release: Path, file: str) -> None:
    page = visit(page_of(portal, CITIES, file))
    button = page.locator("a.resource-url-analytics", has_text="Download").first
    # The file opens in the tab where the browser can show it; a visitor who saves it asks for it as a download.
    button.evaluate("link => { link.download = ''; link.removeAttribute('target') }")
    with page.expect_download(timeout=30_000) as download:
        button.click()
    digests = {each.path: each.sha256 for each in read_release(release).files}
    assert sha256(Path(download.value.path()).read_bytes()).hexdigest() == digests[f"cities/{file}"]


def test_a_french_page_is_french(visit: Visit) -> None:
    page = visit(f"/fr/dataset/{CITIES}")
    text = page.locator("body").inner_text()
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "Jeux de données" in text
    assert "Données et ressources" in text
    assert "Data and Resources" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_screens(portal: Any, visit: Visit, root: Path, width: int) -> None:
    """Pictures of the pages for inspection."""
    folder = root / "build" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "organization": f"/organization/{portal.organization}",
        "dataset": f"/dataset/{CITIES}",
        "table": page_of(portal, CITIES, "cities.csv"),
        "map": page_of(portal, CITIES, "cities.geojson"),
        "picture": page_of(portal, CITIES, "preview.svg"),
        "chart": page_of(portal, SHARES, "preview.svg"),
    }
    for name, path in pages.items():
        page = visit(path, width)
        page.screenshot(path=str(folder / f"ckan-{name}-{width}.png"), full_page=True)
        assert (folder / f"ckan-{name}-{width}.png").stat().st_size > 10_000
