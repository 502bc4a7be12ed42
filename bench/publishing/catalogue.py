"""Catalogues to publish, the same for the same number of datasets: 13 files each in eight formats."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from st_opendata.build import Job, build
from st_opendata.catalogue import Counts, Written, count_facts, write_catalogue
from st_opendata.exports import read_facts
from st_opendata.model.release import DatasetRelease, File
from st_opendata.release import list_files, new_release, read_release, write_manifest
from st_opendata.tables import read_catalogue

ROWS = 320
"""Of each table: they make files of 10 to 100 kB, 500 kB a dataset."""
TABLES = ("measurements", "stations")
LABEL = {"en": "{name} of district {number}", "fr": "{name} du quartier {number}", "de": "{name} im Bezirk {number}"}
_CATALOGUE = {
    "id": "bench",
    "base": "https://data.example.org/bench/",
    "title": {"en": "Districts in numbers", "fr": "Les quartiers en chiffres", "de": "Bezirke in Zahlen"},
    "description": {"en": "Made to be measured.", "fr": "Fait pour être mesuré.", "de": "Zum Messen gemacht."},
    "publisher": {
        "iri": "https://data.example.org/office",
        "name": {"en": "City office", "fr": "Mairie", "de": "Stadtamt"},
        "type": "LocalAuthority",
    },
    "contactPoint": {"name": {"en": "City office"}, "email": "office@example.org"},
    "license": "CC_BY_4_0",
    "rights": {"en": "Free to use with attribution."},
    "accessRights": "PUBLIC",
    "accrualPeriodicity": "AS_NEEDED",
    "availability": "STABLE",
    "status": "COMPLETED",
    "language": ["en", "fr", "de"],
    "theme": ["REGI", "ENVI"],
    "keyword": {"en": ["city", "district"], "fr": ["ville", "quartier"], "de": ["Stadt", "Bezirk"]},
    "spatial": [
        {
            "iri": "https://sws.geonames.org/2996944/",
            "label": {"en": "Lyon", "fr": "Lyon", "de": "Lyon"},
            "centroid": [45.74906, 4.84789],
        }
    ],
    "temporal": {"start": "2020-01-01", "end": "2020-12-31"},
    "issued": "2021-02-01",
    "modified": "2021-03-01",
    "version": "1.0.0",
}
_COLUMNS = [
    {"name": "id", "titles": {"en": "Number"}, "required": True},
    {"name": "label", "titles": {"en": "Name"}, "lang": "en", "propertyUrl": "rdfs:label"},
    {"name": "value", "titles": {"en": "Value"}, "datatype": "decimal"},
    {"name": "day", "titles": {"en": "Day"}, "datatype": "date"},
    {"name": "note", "titles": {"en": "Note"}, "lang": "en"},
]


def make_release(folder: Path, datasets: int, *, changed: bool = False) -> Path:
    """Put a release of so many datasets below the folder.

    The first dataset is built; the others have its files with their own number in them, for to build a thousand takes
    hours. Catalogue and manifest are written by what a build writes them with. Where `changed`, one row of one table of
    the first dataset is another than else.
    """
    release = folder / f"{datasets}-{'changed' if changed else 'first'}"
    first = _build_first(folder / "one", changed=False)
    edited = _build_first(folder / "edited", changed=True) if changed else first
    source = folder / "source"
    _describe(source, range(datasets))
    catalogue = read_catalogue(source)
    with new_release(release) as draft:
        made = [_copy(edited if number == 0 else first, draft.folder, number) for number in range(datasets)]
        counts: dict[str | None, Counts] = {each.id: count_facts(read_facts(draft.folder, each.id)) for each in made}
        counts[None] = counts[made[0].id]
        distributions = {each.id: each.distributions for each in made}
        write_catalogue(catalogue, Written(distributions, {}, (), counts), draft.folder)
        whole = replace(read_release(first), datasets=tuple(made), files=list_files(draft.folder))
        write_manifest(whole, draft.folder)
        draft.commit()
    return release


def _build_first(folder: Path, *, changed: bool) -> Path:
    _describe(folder, range(1))
    for table in TABLES:
        name = f"{table}-0000"
        rows = _rows(name, edited=changed and table == TABLES[0])
        (folder / _id(0) / f"{name}.csv").write_text("".join(rows), "utf-8")
    outcome = build(Job(folder), folder / "release")
    if not outcome.conforms:
        raise RuntimeError(f"the catalogue does not conform: {outcome.findings[:3]}")
    return folder / "release"


def _copy(release: Path, folder: Path, number: int) -> DatasetRelease:
    """Put the files of the one dataset of a release into another as those of the dataset of this number."""
    content = read_release(release)
    (dataset,) = content.datasets
    files: dict[str, File] = {}
    for file in content.files:
        if file.path.startswith(f"{dataset.id}/") and not file.path.endswith("/schema.jsonld"):
            path, data = _numbered(file.path, number), (release / file.path).read_bytes()
            (folder / path).parent.mkdir(exist_ok=True)
            is_text = not path.endswith(".parquet")
            (folder / path).write_bytes(data.replace(b"-0000", f"-{number:04}".encode()) if is_text else data)
            files[path] = File.of(folder, path)
    distributions = tuple(
        replace(
            each,
            file=files[_numbered(each.file.path, number)],
            dataset=_id(number),
            table=each.table and _numbered(each.table, number),
            described_by=each.described_by and _numbered(each.described_by, number),
        )
        for each in dataset.distributions
    )
    rows = {_numbered(table, number): rows for table, rows in dataset.rows.items()}
    iri = _numbered(dataset.iri, number)
    title = _texts("Numbers", number)
    return replace(dataset, id=_id(number), iri=iri, title=title, rows=rows, distributions=distributions)


def _describe(folder: Path, numbers: Iterable[int]) -> None:
    """Write the descriptions of these datasets."""
    for number in numbers:
        tables = [
            {
                "url": f"{table}-{number:04}.csv",
                "title": _texts(table.capitalize(), number),
                "tableSchema": {"aboutUrl": f"{table}-{number:04}/{{id}}", "primaryKey": "id", "columns": _COLUMNS},
            }
            for table in TABLES
        ]
        head = {"title": _texts("Numbers", number), "description": _texts("Values and places", number)}
        (folder / _id(number)).mkdir(parents=True, exist_ok=True)
        (folder / _id(number) / "dataset.yaml").write_text(json.dumps({**head, "tables": tables}), "utf-8")
    content = {**_CATALOGUE, "datasets": [_id(number) for number in numbers]}
    (folder / "catalogue.yaml").write_text(json.dumps(content), "utf-8")


def _id(number: int) -> str:
    return f"district-{number:04}"


def _numbered(name: str, number: int) -> str:
    return name.replace("-0000", f"-{number:04}")


def _rows(name: str, *, edited: bool) -> Iterator[str]:
    chance = random.Random(name)
    yield "id,label,value,day,note\n"
    for number in range(ROWS):
        label = f"{'Corrected' if edited and number == 0 else 'Place'} {chance.randrange(10**12):012}"
        day = f"2020-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield f"{number},{label},{chance.random():.6f},{day},{chance.randbytes(20).hex()}\n"


def _texts(name: str, number: int) -> dict[str, str]:
    return {language: text.format(name=name, number=number) for language, text in LABEL.items()}
