"""Names of things on a page: from the release, from our words for well-known terms, or prefixed names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from st_opendata.model.release import Release
from st_opendata.namespaces import PREFIXES, SCHEME, ST, readable
from st_opendata.portal.addresses import link_of, page_of
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.wording import texts

_OWNERS = frozenset(f"<{PREFIXES['eurio']}{name}>" for name in ("isRoleOf", "isSiteOf", "isAcronymOf", "hasRecipient"))
_HOLDERS = tuple(f"<{PREFIXES['eurio']}{name}>" for name in ("hasAddress", "hasPaymentAmount", "hasSite"))
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal; `language` is empty without a language tag, `datatype` is an IRI, empty for plain text."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class ThingName:
    """A thing and its name; `language` is that of the name if it differs from the page's, `href` its portal page.

    `away` is the thing's own address if it is on another site. `href` and `away` are None without such a page.
    """

    iri: str
    name: str
    short: str
    language: str = ""
    href: str | None = None
    away: str | None = None


def parse_literal(term: str) -> Literal:
    """A literal from its N-Triples text."""
    end = term.rindex('"')
    rest = term[end + 1 :]
    return Literal(
        readable(term),
        rest[1:] if rest.startswith("@") else "",
        rest[3:-1] if rest.startswith("^^") else "",
    )


def in_language(literals: Sequence[str], language: str) -> Literal:
    """The literal in that language, else in English, else without a language, else the first."""
    parsed = [parse_literal(each) for each in literals]
    for tag in (language, "en", ""):
        for each in parsed:
            if each.language.partition("-")[0] == tag:
                return each
    return parsed[0]


class ThingNames:
    """Names in one language; looks up each once, and those of a page together (`learn`)."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition = edition
        self.language = language
        self._base = edition.release.base
        self._known: dict[str, list[str]] = {}

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the names of these things."""
        unknown = {f"<{iri}>" for iri in iris} - self._known.keys()
        if unknown:
            found = self.edition.index.labels(unknown)
            self._known |= {term: found.get(term, []) for term in unknown}
            self._borrow(sorted(term for term in unknown - found.keys() if term[1:].startswith(self._base)))

    def _borrow(self, nameless: Sequence[str]) -> None:
        """Name things that only link others, such as a role or an address, after the thing that refers to them."""
        owners = {term: term for term in nameless}
        for _ in range(_STEPS):
            owned = sorted({owner for owner in owners.values() if not self._known.get(owner)})
            if not owned:
                return
            index = self.edition.index
            up = {o.object: o.subject for each in _HOLDERS for o in index.naming(each, owned)}
            up |= {o.subject: o.object for o in index.about(owned) if o.predicate in _OWNERS}
            owners = {term: up.get(owner, owner) for term, owner in owners.items()}
            found = index.labels(set(up.values()))
            self._known |= {term: found[owner] for term, owner in owners.items() if owner in found}
            owners = {term: owner for term, owner in owners.items() if owner not in found and owner in up.values()}

    def of(self, iri: str) -> ThingName:
        """The name of a thing."""
        self.learn([iri])
        release, labels = self.edition.release, self._known[f"<{iri}>"]
        short = shorten(iri, release)
        label = in_language(labels, self.language) if labels else Literal(_our_word(short, self.language) or short)
        ours = bool(labels) or iri.startswith((release.base, ST, SCHEME))
        return ThingName(
            iri,
            label.text.strip() or short,
            short,
            label.language if label.language != self.language else "",
            self._page(iri) if ours else None,
            None if iri.startswith(release.base) else link_of(iri),
        )

    def _page(self, iri: str) -> str:
        """The address of a thing's page: terms of the ontology share a page, each of our schemes has one."""
        if iri.startswith(ST) and len(iri) > len(ST):
            return f"/{self.language}/ontology#{iri.removeprefix(ST)}"
        if iri.startswith(SCHEME) and (name := iri.removeprefix(SCHEME)) and "/" not in name:
            return f"/{self.language}/scheme/{name}"
        return page_of(self.edition.release, iri, self.language)


def shorten(iri: str, release: Release) -> str:
    """The prefixed name, or the part after the catalogue's base, else the IRI itself."""
    if iri.startswith(release.base) and iri != release.base:
        return iri.removeprefix(release.base)
    known: Mapping[str, str] = PREFIXES | release.prefixes
    for prefix, start in sorted(known.items(), key=lambda item: -len(item[1])):
        local = iri.removeprefix(start)
        if local and local != iri and "/" not in local:
            return f"{prefix}:{local}"
    return iri


def _our_word(short: str, language: str) -> str | None:
    """Our name for a term of another vocabulary."""
    found = texts().get(short)
    return found[language] if found else None
