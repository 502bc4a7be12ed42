"""What a graph states about a resource, by the keys of catalogue.yaml and dataset.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from pydantic import ValidationError

from st_opendata.catalogue.validate import located, problem_of
from st_opendata.messages.message import Message, message
from st_opendata.model.descriptions import Dataset
from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, Term, text_of
from st_opendata.vocabularies import code_of
from st_opendata.vocabularies.licences import licence_code

Yaml = dict[str, Any]
Elsewhere = Mapping[str, Sequence[str]]
"""Keys whose properties other nodes than the resource itself state, with these nodes."""


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one resource; `found` gets its keys and remarks."""

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
            reason = problem_of(Dataset, located(error.errors(include_url=False)[0], trial))
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

    def text_below(self, node: Term, name: str) -> str | None:
        """The first value of a property of another node as text."""
        return next(map(text_of, self.below(node, name)), None)

    def own_iri(self, node: Term, iri: str) -> str | None:
        """The IRI of another node, unless the program made it from that of a dataset or a catalogue."""
        made = re.search(r"/(dataset/[^/#]+|catalogue)#", iri) or iri.startswith(f"{self.node}#")
        return None if made or not isinstance(node, ox.NamedNode) else iri

    def first(self, key: str, values: Sequence[Term]) -> Term | None:
        """The first value; a remark where there are more."""
        if len(values) > 1:
            self.found.remark(key, more(map(text_of, values[1:])))
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
            whole = code_in(table, text)
            parts = [(text, whole)] if whole else [(part, code_in(table, part)) for part in text.split(",")]
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


def more(others: Iterable[str]) -> Message:
    """The remark on values that a key cannot hold."""
    return message("The portal has more than one; this is the first; the others: {others}", others=", ".join(others))


def code_in(table: str, text: str) -> str | None:
    """The code of a table for an IRI, a code or a label."""
    if table == "licence":
        return licence_code(text) or code_of(table, text)
    return code_of(table, text)


def one_or_more(found: Iterable[Yaml]) -> Yaml | list[Yaml]:
    """The only record as such, several as a list."""
    records = list(found)
    return records[0] if len(records) == 1 else records


def filled(**values: object) -> Yaml:
    """The fields that have a value."""
    return {key: value for key, value in values.items() if value not in (None, {}, [])}
