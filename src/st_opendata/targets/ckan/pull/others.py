"""Datasets that others put on a portal, as a catalogue to start from: fields by the field maps, tables by headers.

What the portal does not say is not guessed: a comment tells what to write there. Columns state nothing until somebody
gives them a `propertyUrl`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from st_opendata.catalogue.read import OWN_FILES, RESERVED
from st_opendata.catalogue.statements import Description, read_description
from st_opendata.errors import RemoteError
from st_opendata.names import free, slug
from st_opendata.place import Place
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.limits import from_markdown
from st_opendata.targets.ckan.pull.fetching import Fetcher, Wanted
from st_opendata.targets.ckan.pull.fields import Map, clean, names_of, read_map, state_dataset, unread
from st_opendata.targets.ckan.pull.folder import DatasetFolder, said, share_terms, write_folder
from st_opendata.targets.ckan.pull.guessing import NotATableError, Stored, describe_file
from st_opendata.targets.ckan.pull.listing import Holding
from st_opendata.targets.ckan.pull.outcome import Kind, Left, Pulled
from st_opendata.vocabularies import alignment

Json = Mapping[str, Any]
_FILES = ("license", "rights", "availability", "status")
_SHARED = (
    *("publisher", "creator", "contactPoint", "license", "rights", "accessRights", "accrualPeriodicity"),
    *("availability", "status", "language"),
)
"""What is said once, in the catalogue, where all datasets say the same."""
_HEADING = (
    "The columns state no facts yet: give them a propertyUrl, and the table an aboutUrl (docs/tutorial.md, step 3)."
)
_BASE = "IRIs of datasets and facts start with `base` and never change: write an address on a domain that you keep."


@dataclass(frozen=True, slots=True)
class _File:
    """A resource that is a table, by what the portal says of it."""

    dataset: str
    resource: Json
    wanted: Wanted


def pull_others(holding: Holding, shown: Sequence[Json], client: CkanClient, fetcher: Fetcher, folder: Path) -> Pulled:
    """Write the datasets to the folder as a catalogue.

    Raises:
        RemoteError: none of them has a table.
        OSError: a file cannot be written.
    """
    fields, names = read_map(), _Names()
    catalogue = _catalogue(holding)
    datasets: dict[str, DatasetFolder] = {}
    left: list[Left] = []
    files: list[_File] = []
    for dataset in shown:
        id_ = names.dataset(str(dataset["name"]))
        heading = [f"Pulled from {holding.url}/dataset/{dataset['name']}", *_unread(fields, dataset)]
        datasets[id_] = DatasetFolder(id_, _describe(fields, holding, dataset), heading)
        for resource in dataset.get("resources") or ():
            found = _file(id_, resource, names, fetcher, folder)
            if isinstance(found, Left):
                left.append(found)
            else:
                files.append(found)
    failures = fetcher.fetch([each.wanted for each in files])
    came = [each for each in files if each.wanted.path not in failures]
    left += [_left(each, failures[each.wanted.path]) for each in files if each.wanted.path in failures]
    with ThreadPoolExecutor(fetcher.workers) as pool:
        stored = list(pool.map(lambda each: _stored(client, each.resource), came))
    for each, columns in zip(came, stored, strict=True):
        try:
            _add_table(datasets[each.dataset], each, columns, holding.language)
        except NotATableError as error:
            each.wanted.path.unlink()
            left.append(_left(each, str(error)))
    return _write(holding, catalogue, list(datasets.values()), left, folder)


def _add_table(dataset: DatasetFolder, file: _File, stored: Mapping[str, Stored], language: str) -> None:
    """Describe a file as a table of the dataset. Raises NotATableError."""
    described, remarks = describe_file(file.wanted.path, language, stored)
    outline = {"url": file.wanted.path.name, "title": _title(file, language)}
    if notes := clean(from_markdown(str(file.resource.get("description") or ""))):
        outline["description"] = {language: notes}
    dataset.tables.append(outline | described)
    for remark in (*remarks, _HEADING):
        dataset.description.remark("tables", remark)


def _write(
    holding: Holding, catalogue: Description, datasets: Sequence[DatasetFolder], left: list[Left], folder: Path
) -> Pulled:
    kept = [each for each in datasets if each.tables]
    for each in datasets:
        each.heading += said(one for one in left if one.dataset == each.id)
    left += [
        Left(each.id, "", "it has no table that came", Kind.WITHOUT_TABLES) for each in datasets if not each.tables
    ]
    if not kept:
        reasons = dict.fromkeys(f"{each.what or each.dataset}: {each.reason}" for each in left)
        raise RemoteError(
            "no dataset there has a table that came", place=Place(holding.url), remedy="; ".join(list(reasons)[:3])
        )
    share_terms(catalogue, kept, _SHARED)
    lost = [each.id for each in datasets if not each.tables]
    heading = [
        f"Pulled from {holding.url}/organization/{holding.organization['name']}",
        *said(each for each in left if each.dataset in lost),
    ]
    write_folder(folder, catalogue, kept, heading, hints=True)
    tables = sum(len(each.tables) for each in kept)
    return Pulled(str(catalogue.values["id"]), len(kept), tables, tuple(left))


def _catalogue(holding: Holding) -> Description:
    """What the portal says of the organisation."""
    organization, language = holding.organization, holding.language
    name = str(organization["name"])
    title = clean(str(organization.get("title") or name))
    page = f"{holding.url}/organization/{name}"
    notes = clean(from_markdown(str(organization.get("description") or "")))
    found = Description(
        {
            "id": slug(name) if len(slug(name)) > 1 else f"portal-{slug(name)}".strip("-"),
            "base": f"{page}/",
            "title": {language: title},
            "description": {language: notes or title},
            "publisher": {"iri": page, "name": {language: title}},
        }
    )
    found.remark("base", _BASE)
    found.remark("publisher", "The organisation on the portal; type is a code such as LocalAuthority.")
    if not notes:
        found.remark("description", "The portal does not describe the organisation: say what the catalogue is about.")
    return found


def _describe(fields: Map, holding: Holding, shown: Json) -> Description:
    """What the portal says of a dataset."""
    node = f"{holding.url}/dataset/{quote(shown['name'])}"
    graph = state_dataset(fields, shown, node, holding.language)
    found = read_description(graph, node, holding.language, dict.fromkeys(_FILES, names_of(graph, node)))
    for key in ("publisher", "creator"):
        if str(found.values.get(key, {}).get("iri")).startswith(f"{node}#"):
            found.remark(key, "The portal gives no address for it: write one as iri, such as its home page.")
    found.values.setdefault("title", {holding.language: str(shown["name"])})
    if "description" not in found.values:
        found.values["description"] = found.values["title"]
        found.remark("description", "The portal has no description: say what the data are about.")
    return found


def _unread(fields: Map, shown: Json) -> Iterator[str]:
    for key, text in unread(fields, shown):
        yield f"Also on the portal: {key}: {text[:500]}{'…' if len(text) > 500 else ''}"


def _file(id_: str, resource: Json, names: _Names, fetcher: Fetcher, folder: Path) -> _File | Left:
    """The file to fetch for a resource, or why it is not pulled."""
    url, name = str(resource.get("url") or ""), str(resource.get("name") or "")
    label = clean(name) or url or str(resource.get("id"))
    kind = _kind(resource, url)
    if kind not in ("CSV", "TSV"):
        said_kind = clean(str(resource.get("format") or resource.get("mimetype") or "")) or "of no format that is said"
        return Left(id_, label, f"it is no CSV table but {said_kind}: {url}", Kind.NO_TABLE)
    if not fetcher.bounds.open_to(url):
        return Left(id_, label, f"it lies elsewhere, and is fetched with --links: {url}", Kind.ELSEWHERE)
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    stem = last.rpartition(".")[0] if last.lower().endswith((".csv", ".tsv", ".txt")) else name or last
    path = folder / id_ / f"{names.table(id_, stem)}.csv"
    digest = str(resource.get("hash") or "").lower()
    size = str(resource.get("size"))
    return _File(
        id_,
        resource,
        Wanted(
            url,
            path,
            digest if re.fullmatch("[0-9a-f]{64}", digest) else "",
            int(size) if re.fullmatch("[0-9]{1,18}", size) else None,
        ),
    )


def _kind(resource: Json, url: str) -> str | None:
    """The code of the format: by the format, else the media type, else the end of the URL."""
    said_kinds = (resource.get("format"), resource.get("mimetype"), _extension(url))
    return next((code for each in said_kinds if each and (code := alignment.file_type(str(each)))), None)


def _extension(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2].rpartition(".")[2]
    except ValueError:
        return ""


def _left(file: _File, reason: str) -> Left:
    return Left(file.dataset, clean(str(file.resource.get("name") or "")) or file.wanted.url, reason)


def _title(file: _File, language: str) -> dict[str, str]:
    return {language: clean(str(file.resource.get("name") or "")) or file.wanted.path.stem}


def _stored(client: CkanClient, resource: Json) -> dict[str, Stored]:
    """The columns that the portal's DataStore has of a file; none where it has no such table or does not tell."""
    if not resource.get("datastore_active"):
        return {}
    try:
        answer = client.read("datastore_search", {"resource_id": resource["id"], "limit": 0})
        return {str(each["id"]): _stored_column(each) for each in answer["fields"] if each["id"] != "_id"}
    except (RemoteError, KeyError, TypeError):
        return {}


def _stored_column(column: Json) -> Stored:
    info = column.get("info") or {}
    return Stored(str(column.get("type")), str(info.get("label") or ""), str(info.get("notes") or ""))


class _Names:
    """Names for the folders of datasets and for tables, each given once."""

    def __init__(self) -> None:
        self._datasets = list(RESERVED)
        self._tables = list(OWN_FILES)

    def dataset(self, name: str) -> str:
        """The folder of a dataset."""
        short = slug(name)
        self._datasets.append(free(short if len(short) > 1 else f"dataset-{short}".strip("-"), self._datasets))
        return self._datasets[-1]

    def table(self, dataset: str, stem: str) -> str:
        """The name of a table, with that of its dataset where another table has it."""
        short = slug(stem) or "table"
        self._tables.append(free(short if short not in self._tables else f"{dataset}-{short}", self._tables))
        return self._tables[-1]
