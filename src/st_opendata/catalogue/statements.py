"""Descriptions read back from DCAT statements, as the keys of catalogue.yaml and dataset.yaml.

A value that a key cannot hold becomes a remark on it: the record that reads the catalogue validates each value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyoxigraph as ox
from pydantic import ValidationError

from st_opendata.catalogue.validate import problem_of
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import NUTS, Dataset, region_label
from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, Term, text_of
from st_opendata.vocabularies import alignment, code_of, language_tag

Yaml = dict[str, Any]
Elsewhere = Mapping[str, Sequence[str]]
"""Keys whose properties other nodes than the resource itself state, with these nodes."""

_CODES = {
    "license": ("dct:license", "licence"),
    "accessRights": ("dct:accessRights", "access-right"),
    "accrualPeriodicity": ("dct:accrualPeriodicity", "frequency"),
    "availability": ("dcatap:availability", "planned-availability"),
    "status": ("adms:status", "distribution-status"),
    "type": ("dct:type", "dataset-type"),
}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass(slots=True)
class Description:
    """Keys with their values as in YAML, and remarks by key."""

    values: Yaml = field(default_factory=dict)
    remarks: dict[str, list[Message]] = field(default_factory=dict)

    def remark(self, key: str, text: Message) -> None:
        """Add a remark on a key, once."""
        remarks = self.remarks.setdefault(key, [])
        if text not in remarks:
            remarks.append(text)


def read_description(graph: Statements, node: str, language: str, elsewhere: Elsewhere) -> Description:
    """The statements of the graph about a dataset or catalogue; `language` is that of text that has none."""
    reader = _Reader(graph, node, language, elsewhere, Description())
    for key, read in _KEYS.items():
        reader.take(key, read(reader, key))
    _order_dates(reader.found)
    return reader.found


def _order_dates(found: Description) -> None:
    issued, modified = found.values.get("issued"), found.values.get("modified")
    if issued and modified and modified < issued:
        del found.values["modified"]
        found.remark("modified", message("The portal has {date}, which is before issued", date=modified))


@dataclass(frozen=True, slots=True)
class _Reader:
    graph: Statements
    node: str
    language: str
    elsewhere: Elsewhere
    found: Description

    def take(self, key: str, value: object) -> None:
        """Keep a value that the record takes."""
        if value in (None, {}, []):
            return
        trial = {"id": "trial", "title": {"en": "-"}, "description": {"en": "-"}, key: value}
        try:
            Dataset.model_validate(trial)
        except ValidationError as error:
            reason = problem_of(Dataset, error.errors(include_url=False)[0])
            self.found.remark(key, message("Not taken from the portal: {value}: {reason}", value=value, reason=reason))
        else:
            self.found.values[key] = value

    def values(self, key: str, name: str) -> list[Term]:
        """The values of a property, sorted, wherever this key's are stated."""
        nodes = self.elsewhere.get(key, (self.node,))
        found = {value: None for node in nodes for value in self.graph.values(node, expand(name))}
        return sorted(found, key=text_of)

    def below(self, node: Term, name: str) -> list[Term]:
        """The values of a property of another node."""
        return sorted(self.graph.values(text_of(node), expand(name)), key=text_of)

    def first(self, key: str, values: Sequence[Term]) -> Term | None:
        """The first value; a remark where there are more."""
        if len(values) > 1:
            self.found.remark(key, _more(map(text_of, values[1:])))
        return values[0] if values else None

    def texts(self, values: Sequence[Term]) -> dict[str, str]:
        """The first literal of each language, in the order in which a catalogue has them."""
        return {language: found[0] for language, found in self.by_language(values).items()}

    def by_language(self, values: Sequence[Term]) -> dict[str, list[str]]:
        """The literals by language."""
        found: dict[str, list[str]] = {}
        for value in values:
            if isinstance(value, ox.Literal) and value.value.strip():
                found.setdefault(value.language or self.language, []).append(value.value)
        rank = {tag: number for number, tag in enumerate(LANGUAGES)}
        return {tag: found[tag] for tag in sorted(found, key=lambda tag: (rank.get(tag, len(rank)), tag))}

    def named(self, node: Term, *names: str) -> dict[str, str]:
        """The name of a node by the first of these properties that it has; its own text where it is a literal."""
        if isinstance(node, ox.Literal):
            return self.texts([node])
        return next((found for name in names if (found := self.texts(self.below(node, name)))), {})

    def codes(self, key: str, name: str, table: str) -> list[str]:
        """Codes of a table for IRIs, codes and labels, also several labels between commas."""
        found: list[str] = []
        for value in self.values(key, name):
            text = text_of(value)
            whole = _code(table, text)
            parts = [(text, whole)] if whole else [(part, _code(table, part)) for part in text.split(",")]
            for part, code in parts:
                if code is None:
                    unknown = message(
                        'The portal has "{code}", which is not a code of the EU {table} table',
                        code=part.strip(),
                        table=table,
                    )
                    self.found.remark(key, unknown)
                elif code not in found:
                    found.append(code)
        return found


def _more(others: Iterable[str]) -> Message:
    return message("The portal has more than one; this is the first; the others: {others}", others=", ".join(others))


def _code(table: str, text: str) -> str | None:
    if table == "licence":
        code = alignment.licence(text)
        return code_of(table, code) if code else code_of(table, text)
    return code_of(table, text)


def _text(name: str) -> Callable[[_Reader, str], object]:
    return lambda reader, key: reader.texts(reader.values(key, name))


def _one_code(reader: _Reader, key: str) -> object:
    found = reader.codes(key, *_CODES[key])
    if len(found) > 1 and key == "license":  # only the publisher can choose
        several = message("The files have different ones: {codes}; a dataset here has one", codes=", ".join(found))
        reader.found.remark(key, several)
        return None
    if len(found) > 1:
        reader.found.remark(key, _more(found[1:]))
    return found[0] if found else None


def _themes(reader: _Reader, key: str) -> object:
    return reader.codes(key, "dcat:theme", "data-theme")


def _languages(reader: _Reader, key: str) -> object:
    tags = (language_tag(code) for code in reader.codes(key, "dct:language", "language"))
    rank = {tag: number for number, tag in enumerate(LANGUAGES)}
    return sorted(filter(None, tags), key=lambda tag: (rank.get(tag, len(rank)), tag))


def _agent(name: str) -> Callable[[_Reader, str], object]:
    def read(reader: _Reader, key: str) -> object:
        node = reader.first(key, reader.values(key, name))
        if node is None:
            return None
        names = reader.named(node, "foaf:name")
        if not names or not isinstance(node, ox.NamedNode):
            agent = message('The portal has "{text}": write its iri and name', text=text_of(node))
            reader.found.remark(key, agent)
            return None
        kinds = [code for kind in reader.below(node, "dct:type") if (code := code_of("publisher-type", text_of(kind)))]
        homepages = list(map(text_of, reader.below(node, "foaf:homepage")))
        return _filled(iri=node.value, name=names, type=next(iter(kinds), None), homepage=next(iter(homepages), None))

    return read


def _contact(reader: _Reader, key: str) -> object:
    node = reader.first(key, reader.values(key, "dcat:contactPoint"))
    if node is None:
        return None
    emails = [text_of(each).removeprefix("mailto:") for each in reader.below(node, "vcard:hasEmail")]
    pages = list(map(text_of, reader.below(node, "vcard:hasURL")))
    names = reader.named(node, "vcard:fn") or ({reader.language: emails[0]} if emails else {})
    return _filled(name=names, email=next(iter(emails), None), url=next(iter(pages), None)) if names else None


def _statement(name: str) -> Callable[[_Reader, str], object]:
    def read(reader: _Reader, key: str) -> object:
        node = reader.first(key, reader.values(key, name))
        return reader.named(node, "rdfs:label", "skos:prefLabel") if node else None

    return read


def _keywords(reader: _Reader, key: str) -> object:
    return reader.by_language(reader.values(key, "dcat:keyword"))


def _places(reader: _Reader, key: str) -> object:
    """Places, each with the NUTS region that is called after it; other regions are separate."""
    places: list[Yaml] = []
    regions: dict[str, dict[str, str]] = {}
    for node in reader.values(key, "dct:spatial"):
        label = reader.named(node, "skos:prefLabel")
        if text_of(node).startswith(NUTS):
            regions[text_of(node)] = label
        elif isinstance(node, ox.NamedNode) and not node.value.startswith(f"{reader.node}#") and label:
            places.append(_filled(iri=node.value, label=label, **_position(reader, node)))
        else:
            place_text = ", ".join(label.values()) or text_of(node)
            unknown = message(
                'The portal has "{text}": write iri (of GeoNames, NUTS …) and label of the place', text=place_text
            )
            reader.found.remark(key, unknown)
    for place in places:
        for iri, label in regions.items():
            if label and label == region_label(iri.removeprefix(NUTS), place["label"]):
                place["nuts"] = iri.removeprefix(NUTS)
    alone = regions.keys() - {f"{NUTS}{place.get('nuts')}" for place in places}
    return [*places, *(_filled(iri=iri, label=regions[iri]) for iri in sorted(alone))]


def _position(reader: _Reader, node: Term) -> Yaml:
    """Centroid and box, whose numbers are longitude and latitude in WKT and in GeoJSON."""
    found: Yaml = {}
    if point := _numbers(reader.below(node, "dcat:centroid")):
        found["centroid"] = [point[1], point[0]]
    if ring := _numbers(reader.below(node, "dcat:bbox")):
        xs, ys = ring[::2], ring[1::2]
        found["bbox"] = [min(xs), min(ys), max(xs), max(ys)]
    return found


def _numbers(values: Sequence[Term]) -> list[float]:
    text = re.sub("<[^>]*>", "", text_of(values[0])) if values else ""
    found = list(map(float, _NUMBER.findall(text)))
    return found if len(found) % 2 == 0 else []


def _period(reader: _Reader, key: str) -> object:
    node = reader.first(key, reader.values(key, "dct:temporal"))
    if node is None:
        return None
    start, end = (
        [_day(text_of(each)) for each in reader.below(node, name)] for name in ("dcat:startDate", "dcat:endDate")
    )
    if not start:
        only_end = message("The portal has no start, only the end {date}", date=", ".join(map(str, end)))
        reader.found.remark(key, only_end)
        return None
    return _filled(start=start[0], end=next(iter(end), None))


def _date(name: str) -> Callable[[_Reader, str], object]:
    def read(reader: _Reader, key: str) -> object:
        value = reader.first(key, reader.values(key, name))
        return _day(text_of(value)) if value else None

    return read


def _day(text: str) -> date | str:
    """The day of a date or instant; other text unchanged."""
    try:
        return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", text) else text
    except ValueError:
        return text


def _version(reader: _Reader, key: str) -> object:
    value = reader.first(key, reader.values(key, "dcat:version"))
    return text_of(value) if value else None


def _links(name: str) -> Callable[[_Reader, str], object]:
    return lambda reader, key: [link for node in reader.values(key, name) for link in _link(reader, node)]


def _link(reader: _Reader, node: Term) -> Iterator[Yaml]:
    """A page with its label, twice where a page has two labels in a language; its address where it has no label."""
    labels = reader.by_language(reader.below(node, "dct:title"))
    for number in range(max(map(len, labels.values()), default=1)):
        label = {language: texts[number] for language, texts in labels.items() if number < len(texts)}
        yield {"url": text_of(node), "label": label or {reader.language: text_of(node)}}


def _landing_page(reader: _Reader, key: str) -> object:
    node = reader.first(key, reader.values(key, "dcat:landingPage"))
    return next(_link(reader, node)) if node else None


def _high_value(reader: _Reader, key: str) -> object:
    categories = reader.codes(key, "dcatap:hvdCategory", "hvd-category")
    acts = list(map(text_of, reader.values(key, "dcatap:applicableLegislation")))
    if acts and not categories:
        uncategorised = message("The portal has the legislation {acts} but no category", acts=", ".join(acts))
        reader.found.remark(key, uncategorised)
    return _filled(category=categories, applicableLegislation=acts) if categories else None


def _filled(**values: object) -> Yaml:
    return {key: value for key, value in values.items() if value not in (None, {}, [])}


_KEYS: dict[str, Callable[[_Reader, str], object]] = {
    "title": _text("dct:title"),
    "description": _text("dct:description"),
    "publisher": _agent("dct:publisher"),
    "creator": _agent("dct:creator"),
    "contactPoint": _contact,
    "license": _one_code,
    "rights": _statement("dct:rights"),
    "accessRights": _one_code,
    "accrualPeriodicity": _one_code,
    "availability": _one_code,
    "status": _one_code,
    "language": _languages,
    "theme": _themes,
    "keyword": _keywords,
    "spatial": _places,
    "temporal": _period,
    "issued": _date("dct:issued"),
    "modified": _date("dct:modified"),
    "version": _version,
    "landingPage": _landing_page,
    "versionNotes": _text("adms:versionNotes"),
    "provenance": _statement("dct:provenance"),
    "source": _links("prov:wasDerivedFrom"),
    "page": _links("foaf:page"),
    "type": _one_code,
    "conformsTo": _links("dct:conformsTo"),
    "highValue": _high_value,
}
"""The reader of each key, in the order in which a catalogue is written."""
KEYS = tuple(_KEYS)
