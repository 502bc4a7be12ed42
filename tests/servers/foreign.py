"""Datasets as publishers of public portals write them, made up: the kinds of fields, files and faults that are there.

Each kind has the name of the portal whose `package_show` it is made after. A seed varies words, numbers, dates and the
choice among alternatives.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
_WORDS = (
    "river",
    "bridge",
    "market",
    "harbour",
    "school",
    "garden",
    "tram",
    "noise",
    "budget",
    "tree",
    "well",
    "tower",
)
_NOTES = (
    "## What it is\r\n\r\nRead *this* first, then [that](https://www.fennwick.example/a_b_c).\r\n\r\n"
    "| Code | Meaning |\r\n|------|---------|\r\n| A\\_1 | open |\r\n| B    | 5 < 6 & 7 > 2 |\r\n\r\n"
    "* one\r\n* two\r\n\r\n<p>Old <b>HTML</b> &amp; an entity, <a href='https://x.example/?a=1&b=2'>a link</a></p>"
)


@dataclass
class Foreign:
    """A dataset to make: fields of package_create, files to upload and addresses to link, each with its fields."""

    kind: str
    fields: Fields
    uploads: list[tuple[str, bytes, Fields]] = field(default_factory=list)
    links: list[Fields] = field(default_factory=list)

    def upload(self, file: str, content: bytes, **more: Any) -> None:
        """Add a file."""
        self.uploads.append((file, content, more))

    def link(self, url: str, **more: Any) -> None:
        """Add an address."""
        self.links.append({"url": url, **more})

    def extras(self, **values: Any) -> None:
        """Add extras; other values than text are JSON."""
        listed = self.fields.setdefault("extras", [])
        for key, value in values.items():
            text = value if isinstance(value, str) else json.dumps(value)
            listed.append({"key": key.replace("__", "-"), "value": text})


Maker = Callable[[random.Random, Foreign], None]
_MAKERS: dict[str, Maker] = {}


def _kind(name: str) -> Callable[[Maker], Maker]:
    def add(maker: Maker) -> Maker:
        _MAKERS[name] = maker
        return maker

    return add


def foreign_datasets(seed: int, prefix: str) -> Iterator[Foreign]:
    """A dataset of each kind; names start with the prefix."""
    for kind, maker in _MAKERS.items():
        rng = random.Random(f"{seed} {kind}")
        words = " ".join(rng.sample(_WORDS, 3))
        made = Foreign(kind, {"name": f"{prefix}-{kind}", "title": words.capitalize(), "notes": f"About {words}."})
        maker(rng, made)
        yield made


def _table(rng: random.Random, delimiter: str = ",", comma: str = ".") -> str:
    rows = [delimiter.join(("id", "name", "value"))]
    for number in range(rng.randint(3, 9)):
        rows.append(
            delimiter.join((str(number), rng.choice(_WORDS), f"{rng.randint(0, 99)}{comma}{rng.randint(1, 9)}"))
        )
    return "\n".join(rows) + "\n"


def _box(rng: random.Random) -> list[list[float]]:
    west, south = round(rng.uniform(-9, 20), 3), round(rng.uniform(40, 58), 3)
    east, north = round(west + rng.uniform(0.1, 1), 3), round(south + rng.uniform(0.1, 1), 3)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _zip(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", ".")), content)
    return made.getvalue()


@_kind("united-kingdom")
def _harvested(rng: random.Random, made: Foreign) -> None:
    ring = _box(rng)
    made.extras(
        guid=f"{rng.getrandbits(64):x}", harvest_object_id=f"{rng.getrandbits(64):x}", harvest_source_title="GIS",
        spatial={"type": "Polygon", "coordinates": [ring]}, bbox__east__long=str(ring[1][0]),
        contact__email="mailto:gis@fennwick.example", publisher_name="Fennwick Borough Council",
        temporal_start="2019-01-01", temporal_end="2023-12-31T00:00:00", resource__type="dataset",
        access_constraints='["no limitations"]', frequency__of__update="annually", UKLP="True",
    )  # fmt: skip
    made.fields |= {"license_id": rng.choice(["uk-ogl", "other-closed"]), "tags": _tags("planning", "land use", "GIS")}
    wms = "https://maps.fennwick.example/arcgis/services/plan/MapServer/WMSServer?request=GetCapabilities&service=WMS"
    made.link(wms, name="Download", format=rng.choice(["WMS", "wms", "OGC WMS"]), description="Link to *the* WMS")
    made.link("https://maps.fennwick.example/arcgis/rest/services/plan/MapServer", name="REST", format="Esri REST")
    made.link("https://files.fennwick.example/plan.csv", name="CSV there", format="CSV")


def _tags(*names: str) -> list[Fields]:
    return [{"name": name} for name in names]


@_kind("germany")
def _german(rng: random.Random, made: Foreign) -> None:
    made.fields |= {
        "title": "Straßenverzeichnis der Stadt Fenn", "notes": "Straßen mit Länge, Stand *2023*.",
        "license_id": rng.choice(["dl-de-by-2.0", "http://dcat-ap.de/def/licenses/dl-by-de/2.0"]),
        "author": "Amt für Geoinformation", "author_email": "geo@fenn.example",
        "maintainer": "Team Open Data", "maintainer_email": "daten@fenn.example",
        "url": "https://www.fenn.example/strassen", "version": "2023/4",
    }  # fmt: skip
    made.extras(temporal_coverage_from="2022-01-01", contributorID="http://dcat-ap.de/def/contributors/fenn",
                licenseAttributionByText="Stadt Fenn, 2023")  # fmt: skip
    made.upload("straßen.csv", _table(rng, ";", ",").replace("name", "Straße").encode("latin-1"),
                name="Straßen", format="CSV", license="http://dcat-ap.de/def/licenses/cc-zero")  # fmt: skip


@_kind("netherlands")
def _dutch(rng: random.Random, made: Foreign) -> None:
    made.extras(authority="http://standaarden.overheid.nl/owms/terms/Fennwijk", changetype="",
                high_value_dataset="false", source_catalog="https://data.fennwijk.example/")  # fmt: skip
    made.fields |= {"license_id": "cc-zero", "tags": _tags("fietsen", "verkeer-en-vervoer")}
    made.upload("fietsen.CSV", _table(rng).encode(), name="fietsen ", format=rng.choice(["csv", "CSV ", "Csv"]),
                language="http://publications.europa.eu/resource/authority/language/NLD")  # fmt: skip
    made.link("https://geodata.fennwijk.example/wfs?service=WFS", name="WFS", format="wfs",
              license="http://creativecommons.org/publicdomain/zero/1.0/", rights="")  # fmt: skip


@_kind("italy")
def _italian(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"title": "Bilancio del Comune", "notes": "<div>Il <i>bilancio</i>:<br>entrate e uscite.</div>",
                    "license_id": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40"}  # fmt: skip
    made.extras(holder_name="Comune di Fenn", holder_identifier="c_f123", alternate_id="[]",
                geographical_name="ITA_FEN", conforms_to_json="[]")  # fmt: skip
    made.upload("dati.xlsx", _zip(xl__workbook=b"<workbook/>"), name="Bilancio", format="XLS", description="Foglio")
    made.upload("dati.csv", _table(rng, ";", ",").encode(), name="Bilancio", format="CSV", distribution_format="CSV")


@_kind("spain")
def _spanish(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"title": "Relación de " + "puestos de trabajo del Ayuntamiento " * 12, "notes": _NOTES,
                    "license_id": rng.choice(["cc-by", "other-at"])}  # fmt: skip
    made.upload("relación.csv", _table(rng).replace("\n", "\r\n").encode("utf-8-sig"), name="2024", format="CSV")
    made.upload("relación.json", b'[{"id": 1}]', name="2024", format="JSON")
    made.link("https://www.fenn.example/", name="", format="")


@_kind("switzerland")
def _swiss(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"tags": _tags("verkehr", "mobilité", "Öffentlicher Verkehr"), "version": "1"}
    made.extras(title_translated={"de": "Haltestellen", "fr": "Arrêts"}, see_alsos=["a-b@fenn"],
                contact_points=[{"name": "Statistik", "email": "mailto:stat@fenn.example"}],
                temporals=[{"start_date": "2020-01-01", "end_date": "2021"}, {"start_date": "2023-01-01"}])  # fmt: skip
    shapes = {f"stops__{end}": b"x" * 200 for end in ("shp", "shx", "dbf", "prj")}
    made.upload("stops.zip", _zip(**shapes), name="Shapefile", format=rng.choice(["SHP", "Shapefile", "ZIP"]))
    made.upload("stops.csv", _table(rng).encode(), name="Haltestellen", format="CSV",
                description="Alle *Haltestellen*, siehe <https://fenn.example>")  # fmt: skip


@_kind("ireland")
def _irish(rng: random.Random, made: Foreign) -> None:
    points = [[-6.26, 53.35], [-8.47, 51.9]]
    made.extras(spatial={"type": "MultiPoint", "coordinates": points}, Language="eng", Theme="Environment",
                collection__name="water", vertical_extent="{}", lineage="From sensors\r\nin the river.")  # fmt: skip
    made.fields |= {"license_id": "CC-BY-4.0", "notes": "Levels.\r\n\r\n1. hourly\r\n2. daily"}
    made.upload("Water levels.geojson", _geojson(points), name="GeoJSON", format="GeoJSON")
    made.upload("levels", _table(rng).encode(), name="Levels", format="CSV", description="No extension")


def _geojson(points: list[list[float]]) -> bytes:
    features = [{"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": point}}
                for n, point in enumerate(points)]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@_kind("austria")
def _austrian(rng: random.Random, made: Foreign) -> None:
    made.fields["name"] = (made.fields["name"] + "-mit-einem-sehr-langen-namen" * 5)[:100]
    made.fields |= {"license_id": "cc-by", "maintainer": "Stadt Fenn", "maintainer_email": "ogd@fenn.example"}
    made.extras(metadata_identifier=f"{rng.getrandbits(64):x}", schema_name="OGD Austria Metadata 2.1",
                begin_datetime="2015-01-01T00:00:00", geographic_bbox="POLYGON ((-180.00 -90.00, 180.00 90.00))",
                update_frequency="jährlich", attribute_description="ID: Nummer; NAME: Name")  # fmt: skip
    made.upload("ragged.csv", b"ID;NAME;X\n1;a;2\n2;b\n3;c;4;5\n", name="Uneven rows", format="CSV")
    made.upload("twice.csv", b"ID,NAME,NAME\n1,a,b\n", name="A doubled header", format="CSV")


@_kind("canada")
def _canadian(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"notes": _NOTES, "license_id": "ca-ogl-lgo", "tags": _tags("eau", "water quality", "H2O")}
    made.extras(date_published="2016-05-05 00:00:00", jurisdiction="federal", keywords_json='{"en": ["water"]}',
                data_series_issue_identification="1")  # fmt: skip
    for language in ("en", "fr"):
        made.upload(f"data-{language}.csv", _table(rng).encode(), name=f"Data ({language})", format="CSV",
                    language=[language], resource_type="dataset")  # fmt: skip
    made.link("https://open.fennwick.example/data_dictionary", name="Data Dictionary", format="HTML",
              resource_type="guide")  # fmt: skip


@_kind("humanitarian")
def _humanitarian(rng: random.Random, made: Foreign) -> None:
    rows = _table(rng)
    made.extras(dataset_date="[2020-01-01T00:00:00 TO 2020-12-31T23:59:59]", methodology="Survey", caveats="**None**",
                dataset_source="Fennwick survey", data_update_frequency="365", archived="true")  # fmt: skip
    made.fields |= {"license_id": rng.choice(["cc-by-igo", "hdx-other"])}
    made.upload("survey.csv", rows.encode(), name="survey.csv", format="CSV")
    made.upload("survey.tsv", rows.replace(",", "\t").encode(), name="survey.tsv", format="TSV")
    made.upload("survey.xlsx", _zip(xl__workbook=b"<workbook/>"), name="survey.xlsx", format="XLSX")
    made.upload("survey.json", b"[]", name="survey.json", format="JSON")


@_kind("toronto")
def _odd_files(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"license_id": "open-government-licence-toronto", "tags": _tags("Parks & Rec".replace("&", "and"))}
    made.extras(civic_issues="Mobility", refresh_rate="Daily", is_retired="false", excerpt="Short.")
    made.upload("data.csv", _table(rng).encode(), name="data.csv", format="CSV", hash="", size=3)
    made.upload("data.csv", _table(rng).encode(), name="data.csv", format="CSV")
    made.upload("Größe & Länge (neu).pdf", b"%PDF-1.4\n%%EOF\n", name="Größe", format="pdf")
    made.upload("README", b"Read me.\n", name="read me", format="")
    made.upload("plan.dwg", b"AC1027" + b"\0" * 40, name="Plan", format="AutoCAD DWG")


@_kind("leeds")
def _bare(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"notes": rng.choice(["n/a", "-"]), "license_id": "notspecified"}
    made.upload("footfall.csv", _table(rng).encode(), name="", format="CSV")


@_kind("berlin")
def _services(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"url": "https://fbinter.fenn.example/fb/index.jsp", "license_id": "dl-de-zero-2.0", "version": "2"}
    made.extras(berlin_source="simplesearch", date_released="2020-02-02", geographical_coverage="Fenn",
                geographical_granularity="Block", sample_record="https://fbinter.fenn.example/sample")  # fmt: skip
    made.link("https://fbinter.fenn.example/wfs/s_block", name="WFS-Service", format="WFS")
    made.link("https://fbinter.fenn.example/wms/s_block?VERSION=1.3.0", name="WMS", format="WMS", description="Karte")
    made.link("https://api.fenn.example/v1/", name="API", format="API")
    made.link("https://fbinter.fenn.example/docs.pdf", name="Doku", format=rng.choice(["PDF", "Technische Doku"]))
    made.link("https://atom.fenn.example/block.xml", name="Atom", format="Atom Feed")


@_kind("zurich")
def _geometries(rng: random.Random, made: Foreign) -> None:
    boxes = [[_box(rng)], [_box(rng)]]
    made.extras(spatial={"type": "MultiPolygon", "coordinates": boxes}, spatialRelationship="Stadt",
                sszFields='[["Jahr (technisch: jahr)", "Jahr"]]', timeRange="1998-2023", dataType="Datenaggregat",
                legalInformation="", updateInterval="jaehrlich", dateFirstPublished="05.11.2012")  # fmt: skip
    made.fields |= {"license_id": "cc-zero", "notes": "**Zweck**\n\nZählung der Bäume.\n\n- Jahr\n- Quartier"}
    made.upload("baum_zaehlung.csv", '"jahr","quartier"\n"2020","Fenn"\n'.encode("utf-8-sig"), name="Zählung",
                format="CSV", resource_type="file", filename="baum_zaehlung.csv")  # fmt: skip
    made.upload("baum_zaehlung.parquet", b"PAR1" + b"\0" * 20 + b"PAR1", name="Parquet", format="parquet")


@_kind("datahub")
def _empty(rng: random.Random, made: Foreign) -> None:
    made.fields |= {"license_id": "other-pd", "author": "Nobody", "tags": _tags("x-1", "format-csv")}
    made.extras(links__dbpedia=str(rng.randint(1, 999)), triples="1200", namespace="https://data.fenn.example/")
    made.link("", name="An address to come", format="example/rdf+xml")
    made.link("https://data.fenn.example/sparql", name="SPARQL endpoint", format="api/sparql")
    made.link("https://data.fenn.example/void.ttl", name="VoID", format="meta/void")
    made.link("ftp://data.fenn.example/dump.nt", name="Dump", format="application/x-ntriples")


def make_foreign(ckan: Any, organization: str, made: Foreign) -> Fields:
    """Make the dataset on a CKAN as its publisher does; what the portal then shows of it."""
    shown = ckan.act("package_create", **made.fields, owner_org=organization)
    for link in made.links:
        ckan.act("resource_create", package_id=shown["id"], **link)
    for file, content, more in made.uploads:
        fields = {key: value if isinstance(value, str) else json.dumps(value) for key, value in more.items()}
        answer = ckan.post(
            "resource_create", token=ckan.token, files={"upload": (file, content)}, package_id=shown["id"], **fields
        )
        assert answer.status_code == 200, answer.text
    found: Fields = ckan.act("package_show", id=shown["id"])
    return found
