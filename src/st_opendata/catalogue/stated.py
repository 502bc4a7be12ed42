"""The keys of profiles in a description: taken out of its data, with their values checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from st_opendata.catalogue.profile_keys import OWN_KEYS
from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles
from st_opendata.catalogue.validate import loc_of, problem_of
from st_opendata.documents import Problems, Steps
from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.model.agents import Agent
from st_opendata.model.descriptions import PropertyValues
from st_opendata.model.profiles import (
    ApplicationProfile,
    CodeList,
    LiteralValue,
    NodeValue,
    Owner,
    ProfileProperty,
    ValueKind,
)
from st_opendata.model.records import Link, http_iri
from st_opendata.model.text import is_language_tag
from st_opendata.spelling import hint
from st_opendata.vocabularies import codes as eu_codes

Value = LiteralValue | NodeValue | Agent
Model = TypeVar("Model", bound=BaseModel)
_OF_DATASETS = frozenset({Owner.DATASET, Owner.DISTRIBUTION})
_EU_TABLES = {"license": "licence"}
"""The EU table of a key that profiles may refine."""


@dataclass(frozen=True, slots=True)
class DescriptionPart:
    """A part of a description with keys of profiles: the resources that it describes, and whether datasets inherit."""

    owners: frozenset[Owner]
    home: str
    inherited: bool = False


CATALOGUE = DescriptionPart(frozenset({Owner.CATALOGUE, Owner.SERVICE}), "catalogue.yaml", inherited=True)
DATASET = DescriptionPart(_OF_DATASETS, "dataset.yaml")
TABLE = DescriptionPart(frozenset({Owner.DISTRIBUTION}), "tables")


@dataclass(frozen=True, slots=True)
class StatedReader:
    """Reads the keys of the profiles that a catalogue with this base lists; each problem is noted at its place."""

    profiles: Sequence[ApplicationProfile]
    base: str

    @property
    def keys(self) -> list[str]:
        """All keys of the profiles."""
        return [key for profile in self.profiles for key in profile.properties]

    def take(
        self, data: dict[str, Any], part: DescriptionPart, problems: Problems, loc: Steps = ()
    ) -> tuple[PropertyValues, ...]:
        """The values of the keys of profiles, which are removed from `data`: what lies at `loc` of the document."""
        found: dict[str, PropertyValues] = {}
        for profile in self.profiles:
            for key, entry in profile.properties.items():
                if key not in data or key in found:
                    continue
                steps = (*loc, key)
                if not _fits(entry, part):
                    problems.add(steps, _misplaced(entry, profile))
                    del data[key]
                    continue
                reader = _ValueReader(entry, self.base, problems, steps)
                values = reader.refined(data) if entry.refines else tuple(reader.values(data.pop(key)))
                if values:
                    found[key] = PropertyValues(entry, values)
        if part is not TABLE:
            self._refuse_others(data, problems, loc)
        return tuple(found.values())

    def _refuse_others(self, data: dict[str, Any], problems: Problems, loc: Steps) -> None:
        """Note each key that only a packaged profile knows which the catalogue does not list."""
        for key in [each for each in data if each not in OWN_KEYS]:
            if names := _packaged_keys().get(key):
                problem = message(
                    'the key "{key}" belongs to the profile {profile}; list it under `profiles` in catalogue.yaml',
                    key=key,
                    profile=", ".join(names),
                )
                problems.add((*loc, key), problem)
                del data[key]


@cache
def _packaged_keys() -> Mapping[str, tuple[str, ...]]:
    """The packaged profiles that know a key, by key."""
    found: dict[str, tuple[str, ...]] = {}
    for name in packaged_profiles():
        for key in packaged_profile(name).properties:
            found[key] = (*found.get(key, ()), name)
    return found


def inherit(stated: Iterable[PropertyValues], own: Collection[str]) -> Iterator[PropertyValues]:
    """The values of a catalogue that a dataset with these keys of its own inherits."""
    for each in stated:
        entry = each.property
        if entry.inherited and entry.key not in own and not _OF_DATASETS.isdisjoint(entry.on):
            yield each


def of_table(stated: Iterable[PropertyValues], table: str) -> Iterator[PropertyValues]:
    """The values for the distributions of a table."""
    return (replace(each, table=table) for each in stated)


def _fits(entry: ProfileProperty, part: DescriptionPart) -> bool:
    return not part.owners.isdisjoint(entry.on) or (
        part.inherited and entry.inherited and not _OF_DATASETS.isdisjoint(entry.on)
    )


def _misplaced(entry: ProfileProperty, profile: ApplicationProfile) -> Message:
    home = next(each.home for each in (DATASET, CATALOGUE) if _fits(entry, each))
    return message(
        'the key "{key}" of the profile {profile} belongs in {file}', key=entry.key, profile=profile.name, file=home
    )


@dataclass(frozen=True, slots=True)
class _ValueReader:
    """Reads the value of one key."""

    entry: ProfileProperty
    base: str
    problems: Problems
    steps: Steps

    def values(self, data: object) -> Iterator[Value]:
        """The values, as many as the property may have; wrong ones are noted."""
        if self.entry.kind is ValueKind.TEXT:
            yield from self._texts(data)
            return
        listed = data if isinstance(data, list) else [data]
        if self.entry.most is not None and len(listed) > self.entry.most:
            problem = message(
                '"{key}" has {count} values; it takes at most {most}',
                key=self.entry.key,
                count=len(listed),
                most=self.entry.most,
            )
            self.problems.add(self.steps, problem)
        read = {
            ValueKind.AGENT: self._agent,
            ValueKind.CODE: self._code,
            ValueKind.IRI: self._iri,
            ValueKind.LINK: self._link,
            ValueKind.LITERAL: self._literal,
        }[self.entry.kind]
        for number, item in enumerate(listed):
            steps = (*self.steps, number) if isinstance(data, list) else self.steps
            value = read(item, steps)
            if value is not None:
                yield value

    def refined(self, data: dict[str, Any]) -> tuple[Value, ...]:
        """The code of the profile's list, in whose place `data` gets that of the EU table with the same meaning.

        Any other value stays for the check by DCAT-AP.
        """
        key, codes = self.entry.key, self._codes
        value = data[key]
        if not isinstance(value, str):
            return ()
        code = value.removeprefix(codes.start_in(self.base))
        if code in codes.labels:
            data.pop(key)
            if match := codes.matches.get(code):
                data[key] = match
            return (self._node(code),)
        known = eu_codes(_EU_TABLES[key])
        if value not in known and (code != value or "://" not in value):
            self._unknown(code, self.steps, [*codes.labels, *known])
            del data[key]
        return ()

    @property
    def _codes(self) -> CodeList:
        assert self.entry.codes is not None  # every property of codes has a list
        return self.entry.codes

    def _texts(self, data: object) -> Iterator[LiteralValue]:
        if isinstance(data, str) and data.strip():
            yield LiteralValue(data)
        elif isinstance(data, dict) and data and all(isinstance(text, str) and text.strip() for text in data.values()):
            for tag, text in data.items():
                if is_language_tag(tag):
                    yield LiteralValue(text, language=tag)
                else:
                    problem = message('"{tag}" is not a language tag, as en or de-AT is', tag=tag)
                    self.problems.add((*self.steps, tag), problem)
        else:
            problem = message(
                '"{key}" must be a text by language, as in {example}',
                key=self.entry.key,
                example="{en: City, fr: Ville}",
            )
            self.problems.add(self.steps, problem)

    def _plain(self, data: object, steps: Steps) -> str | None:
        if isinstance(data, str) and data.strip():
            return data
        self.problems.add(steps, message('"{key}" must be plain text', key=self.entry.key))
        return None

    def _literal(self, data: object, steps: Steps) -> LiteralValue | None:
        text = self._plain(data, steps)
        if text is None or not self._matches(text, text, steps):
            return None
        if self.entry.datatype and not _has_datatype(text, self.entry.datatype):
            short = re.split("[#/]", self.entry.datatype)[-1]
            problem = message('"{value}" is not a value of the datatype {datatype}', value=text, datatype=short)
            self.problems.add(steps, problem)
            return None
        return LiteralValue(text, datatype=self.entry.datatype)

    def _iri(self, data: object, steps: Steps) -> NodeValue | None:
        text = self._plain(data, steps)
        if text is None:
            return None
        start = self.entry.start
        iri = start + text if start and "://" not in text else text
        rest = iri.removeprefix(start)
        if start and (not iri.startswith(start) or not rest):
            problem = message('"{value}" is not an IRI that begins with {start}', value=text, start=start)
            self.problems.add(steps, problem)
            return None
        try:
            http_iri(iri)
        except MessageError as error:
            self.problems.add(steps, error.message)
            return None
        if not self._matches(rest, text, steps):
            return None
        known = self.entry.codes.labels if self.entry.codes else {}
        return replace(self._node(rest), iri=iri) if rest in known else NodeValue(iri)

    def _matches(self, form: str, text: str, steps: Steps) -> bool:
        if not self.entry.pattern or re.fullmatch(self.entry.pattern, form):
            return True
        problem = message(
            '"{value}" does not have the form of "{key}": {pattern}',
            value=text,
            key=self.entry.key,
            pattern=self.entry.pattern,
        )
        self.problems.add(steps, problem)
        return False

    def _code(self, data: object, steps: Steps) -> NodeValue | None:
        text = self._plain(data, steps)
        if text is None:
            return None
        code = text.removeprefix(self._codes.start_in(self.base))
        if code in self._codes.labels:
            return self._node(code)
        self._unknown(code, steps, self._codes.labels)
        return None

    def _unknown(self, code: str, steps: Steps, known: Iterable[str]) -> None:
        problem = message(
            '"{code}" is not a code of the list {list}{hint}', code=code, list=self._codes.name, hint=hint(code, known)
        )
        self.problems.add(steps, problem)

    def _node(self, code: str) -> NodeValue:
        return NodeValue(self._codes.start_in(self.base) + code, self._codes.labels[code], self._codes, code)

    def _agent(self, data: object, steps: Steps) -> Agent | None:
        return self._record(Agent, data, steps)

    def _link(self, data: object, steps: Steps) -> NodeValue | None:
        if isinstance(data, str):
            return self._iri(data, steps)
        link = self._record(Link, data, steps)
        return NodeValue(link.url, link.label) if link else None

    def _record(self, model: type[Model], data: object, steps: Steps) -> Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.problems.add((*steps, *loc_of(detail)), problem_of(model, detail))
            return None


def _has_datatype(text: str, datatype: str) -> bool:
    """Whether the text is a value of the datatype, as far as it is known (XSD 1.1 DescriptionPart 2)."""
    from rdflib import Literal, URIRef

    from st_opendata.shacl.values import has_datatype

    return has_datatype(URIRef(datatype))(Literal(text, datatype=URIRef(datatype), normalize=False))
