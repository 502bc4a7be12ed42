"""Files and links of a portal's dataset other than tables, as `files:` and `links:` of dataset.yaml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from st_opendata.catalogue.file_types import choose_format, format_of_content, shown_format
from st_opendata.catalogue.statements import Yaml, read_description
from st_opendata.errors import MessageError
from st_opendata.formats import Format
from st_opendata.http.urls import web_url
from st_opendata.messages.message import Message, message
from st_opendata.model.records import http_iri
from st_opendata.model.text import is_language_tag
from st_opendata.names import free
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, iris, text_of
from st_opendata.release.layout import FILES
from st_opendata.targets.ckan.downloads import Download
from st_opendata.targets.ckan.pull import Json
from st_opendata.targets.ckan.pull.fields import clean, texts_of, written
from st_opendata.targets.ckan.pull.folder import DatasetFolder
from st_opendata.targets.ckan.pull.origin import hosted_id
from st_opendata.targets.ckan.pull.result import Omission
from st_opendata.vocabularies import code_of, language_tag
from st_opendata.vocabularies.file_formats import stated_format
from st_opendata.vocabularies.licences import licence_code, licence_of_id
from st_opendata.vocabularies.services import PROTOCOLS, ServiceProtocol

_OWN_KEYS = ("title", "description", "language", "license", "conformsTo")
_BAD = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class PulledFile:
    """A file to fetch, its entry under `files:`, and the id of its resource."""

    dataset: str
    entry: Yaml
    download: Download
    resource: str
    stated: str = ""
    """The name of its format on the portal."""

    def finish(self) -> Omission | None:
        """Complete the entry by the content of the file that came; the omission of an empty one, which is removed."""
        path = self.download.path
        if not path.stat().st_size:
            path.unlink()
            return Omission(self.dataset, self.entry["path"], message("the file is empty"))
        found = format_of_content(path)
        stated = stated_format(str(self.entry.pop("format", "")))
        form, fits = choose_format(found, stated, path.name)
        if not fits:
            form = shown_format(found)
        if not fits or form != choose_format(found, None, path.name)[0]:
            self.entry["format"] = form.file_type or form.name
        return None


def file_of(resource: Json, dataset: DatasetFolder, folder: Path, taken: list[str], language: str) -> PulledFile:
    """The file of a resource of another publisher, under the name that its address has."""
    url = str(resource.get("url") or "")
    name = _free_name(_file_name(resource, url), taken)
    taken.append(name)
    digest, size = str(resource.get("hash") or "").lower(), str(resource.get("size"))
    entry: Yaml = {"path": name, **_texts(resource, dataset, language), "format": str(resource.get("format") or "")}
    entry |= own_terms(resource, dataset, name)
    digest = digest if re.fullmatch("[0-9a-f]{64}", digest) else ""
    length = int(size) if re.fullmatch("[0-9]{1,18}", size) else None
    return PulledFile(
        dataset.id,
        entry,
        Download(url, folder / dataset.id / name, digest, length),
        str(resource["id"]),
        str(resource.get("format") or ""),
    )


def link_of(resource: Json, dataset: DatasetFolder, language: str) -> Yaml | None:
    """The entry under `links:` of a resource elsewhere; None if its address is not one of the web."""
    url = str(resource.get("url") or "").strip()
    if not _is_address(url):
        return None
    stated = str(resource.get("format") or "").strip()
    entry: Yaml = {"url": url, **_texts(resource, dataset, language), **own_terms(resource, dataset, url)}
    if protocol := _protocol(stated, url):
        entry["service"] = protocol.name
    elif form := stated_format(stated):
        entry["format"] = _code(form)
    called = entry.get("service") or entry.get("format")
    if stated and not (called and stated.casefold() in (called.casefold(), "api")):
        _remark_format(dataset, "links", url, stated)
    return entry


def own_terms(resource: Json, dataset: DatasetFolder, name: str) -> Yaml:
    """The licence and the languages of a resource that are not those of its dataset; a remark on unknown ones."""
    own: Mapping[str, Any] = dataset.description.values
    entry: Yaml = {}
    licence = str(resource.get("license") or "").strip()
    if licence and (code := licence_code(licence_of_id(licence) or licence)):
        entry |= {"license": code} if code != own.get("license") else {}
    elif licence:
        _remark(
            dataset, "license", message('The portal has the licence "{licence}" for {file}', licence=licence, file=name)
        )
    words = [word for text in texts_of(resource.get("language") or "") for word in texts_of(text)]
    tags = list(filter(None, map(_language, words)))
    if len(tags) < len(words):
        text = message('The portal has the language "{language}" for {file}', language=", ".join(words), file=name)
        _remark(dataset, "language", text)
    return entry | ({"language": tags} if tags and tags != own.get("language") else {})


def _language(word: str) -> str | None:
    """The tag of a language: by its entry in the EU table, else if it is one."""
    code = code_of("language", word)
    return language_tag(code) if code else word.lower() if is_language_tag(word) else None


def _remark_format(dataset: DatasetFolder, key: str, name: str, stated: str) -> None:
    _remark(dataset, key, message('The portal calls the format of {file} "{format}"', file=name, format=stated))


def _remark(dataset: DatasetFolder, key: str, text: Message) -> None:
    dataset.description.remark(key, text)


def add_files(
    datasets: Mapping[str, DatasetFolder], files: Iterable[PulledFile], failures: Mapping[Path, Message]
) -> Iterator[Omission]:
    """Add the files that came to their datasets; gives those that did not."""
    for each in files:
        reason = failures.get(each.download.path)
        lost = Omission(each.dataset, each.entry["path"], reason) if reason else each.finish()
        if lost:
            yield lost
        else:
            stated = str(each.stated).strip()
            if stated and stated_format(stated) is None:
                _remark_format(datasets[each.dataset], "files", each.entry["path"], stated)
            datasets[each.dataset].add("files", each.entry)


def exact_files(graph: Statements, base: str, id_: str, dataset: Json, folder: Path) -> Iterator[PulledFile]:
    """The files of a dataset that st-opendata published, in the order of the portal's resources."""
    start = f"{base}distribution/{id_}/{FILES}/"
    hashes = {str(each["id"]): str(each.get("hash") or "") for each in dataset["resources"]}
    for iri in _in_order(graph, base, id_, dataset):
        name = unquote(iri.removeprefix(start))
        url = iris(graph.values(iri, expand("dcat:downloadURL")))
        if iri.startswith(start) and url and _is_safe(name):
            entry = {"path": name, **_stated(graph, iri, base, id_), "format": _format_of(graph, iri)}
            if entry.get("title") == {"und": name.rpartition("/")[2]}:
                del entry["title"]
            download = Download(url[0], folder / id_ / name, hashes.get(hosted_id(graph, iri), ""))
            yield PulledFile(id_, entry, download, hosted_id(graph, iri))


def exact_links(graph: Statements, base: str, id_: str, dataset: Json) -> Iterator[Yaml]:
    """The links of a dataset that st-opendata published, in the order of the portal's resources."""
    for iri in _in_order(graph, base, id_, dataset):
        url = iris(graph.values(iri, expand("dcat:accessURL")))
        if not iri.startswith(f"{base}dataset/{id_}#link-") or not url or not _is_address(url[0]):
            continue
        entry: Yaml = {"url": url[0], **_stated(graph, iri, base, id_)}
        if entry.get("title") == {"und": url[0]}:
            del entry["title"]
        form = _format_of(graph, iri)
        for service in iris(graph.values(iri, expand("dcat:accessService"))):
            standards = iris(graph.values(service, expand("dct:conformsTo")))
            protocol = next((each for each in PROTOCOLS if each.standard in standards), PROTOCOLS[-1])
            entry["service"] = protocol.name
            form = "" if form == protocol.file_type else form
            others = [each for each in entry.pop("conformsTo", []) if each["url"] != protocol.standard]
            entry |= {"conformsTo": others} if others else {}
            if described := iris(graph.values(service, expand("dcat:endpointDescription"))):
                entry["endpointDescription"] = described[0]
        entry |= {"format": form} if form else {}
        if size := graph.values(iri, expand("dcat:byteSize")):
            entry["size"] = int(text_of(size[0]))
        checksums = iris(graph.values(iri, expand("spdx:checksum")))
        if digests := [each for one in checksums for each in graph.values(one, expand("spdx:checksumValue"))]:
            entry["sha256"] = text_of(digests[0])
        yield entry


def has_own_terms(iri: str, base: str, id_: str) -> bool:
    """Whether the distribution is a file or link of the publisher, which may have another licence than the dataset."""
    return iri.startswith((f"{base}distribution/{id_}/{FILES}/", f"{base}dataset/{id_}#link-"))


def leave_licence(dataset: DatasetFolder, files: Iterable[PulledFile]) -> None:
    """Leave out the licence of files and links that have that of the dataset."""
    values = dataset.description.values
    for entry in (*(each.entry for each in files), *values.get("links", ())):
        if entry.get("license") == values.get("license"):
            entry.pop("license", None)


def _in_order(graph: Statements, base: str, id_: str, dataset: Json) -> list[str]:
    order = {str(each["id"]): number for number, each in enumerate(dataset["resources"])}
    found = iris(graph.values(f"{base}dataset/{id_}", expand("dcat:distribution")))
    return sorted(found, key=lambda iri: (order.get(hosted_id(graph, iri), len(order)), iri))


def _stated(graph: Statements, iri: str, base: str, id_: str) -> Yaml:
    """The keys of a file or link; language and licence only where the dataset has others."""
    values = read_description(graph, iri, "und", {}).values
    own: Mapping[str, object] = read_description(graph, f"{base}dataset/{id_}", "und", {}).values
    return {
        key: values[key] for key in _OWN_KEYS if key in values and (key != "language" or values[key] != own.get(key))
    }


def _format_of(graph: Statements, iri: str) -> str:
    found = (stated_format(text_of(value)) for value in graph.values(iri, expand("dct:format")))
    return next((_code(form) for form in found if form), "")


def _code(form: Format) -> str:
    return form.file_type or form.name


def _texts(resource: Json, dataset: DatasetFolder, language: str) -> Yaml:
    title = clean(str(resource.get("name") or ""))
    notes = written(resource.get("description"), markdown=dataset.is_markdown)
    found: Yaml = {"title": {language: title}} if title else {}
    return found | ({"description": {language: notes}} if notes else {})


def _file_name(resource: Json, url: str) -> str:
    """A plain name for the file: the last part of its address, else its title."""
    try:
        last = unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        last = ""
    name = unicodedata.normalize("NFC", _BAD.sub("-", last or clean(str(resource.get("name") or "")))).strip(" .-")
    stem, dot, extension = name.rpartition(".")
    name = f"{stem[:_LONGEST]}{dot}{extension[:20]}" if dot else name[:_LONGEST]
    return name or "file"


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number before its extension if the folder has it already."""
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    end = f"{dot}{extension}"
    return free(stem, [each.removesuffix(end) for each in taken if each.endswith(end)]) + end


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return not re.search(r"[\x00-\x1f\x7f\\]", name) and all(part and not part.startswith(".") for part in parts)


def _is_address(url: str) -> bool:
    try:
        return web_url(http_iri(url)) is not None
    except MessageError:
        return False


def _protocol(stated: str, url: str) -> ServiceProtocol | None:
    """The protocol that a portal calls so: WMS, `OGC WFS`, API; or that the address of the service names."""
    words = set(re.split("[^a-z]+", stated.casefold()))
    if "api" in words and "ogc" not in words:
        return PROTOCOLS[-1]
    asked = re.search(r"[?&]service=([a-z]+)", url, re.IGNORECASE)
    words |= {asked[1].casefold()} if asked and not stated_format(stated) else set()
    found = (each for each in PROTOCOLS if set(each.label.casefold().split()) <= words)
    return next(found, None)
