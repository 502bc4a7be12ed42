"""`st-opendata explain`: which cells state a thing, and what each source says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.options import json_option, lang_option, release_argument
from st_opendata.namespaces import readable
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.explain import Claim, Explanation, Source
    from st_opendata.place import Place

_WORDS = {
    "en": ("From the sources", "Stated in the tables", "What the sources say", "of", "source", "scope", "reason"),
    "fr": (
        "D'après les sources",
        "Énoncé dans les tables",
        "Ce que disent les sources",
        "de",
        "source",
        "portée",
        "raison",
    ),
    "de": ("Aus den Quellen", "In den Tabellen ausgesagt", "Was die Quellen sagen", "von", "Quelle", "Bezug", "Grund"),
}


@click.command
@release_argument
@click.argument("iri")
@json_option
@lang_option
def command(*, release: Path, iri: str, as_json: bool, lang: str | None) -> None:
    """Explain which cells and sources say what.

    For IRI in RELEASE: the cells that state it, the sources of its claims, and what other sources say.

    IRI is an IRI, a prefixed name (wd:Q456), or a path on the catalogue's base (city/lyon).
    """
    from st_opendata.explain import explain

    language = read_settings({"lang": lang}).language
    found = explain(release, iri, language)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        _write(found, language)


def _write(found: Explanation, language: str) -> None:
    from_sources, stated, said, of, *_ = _WORDS[language]
    click.echo(found.iri)
    if found.sources:
        click.echo(f"\n{from_sources}")
    for source in found.sources:
        click.echo(f"  {_source(source, found.base)}")
    if found.statements:
        click.echo(f"\n{stated}")
    for predicate, statements in groupby(found.statements, key=lambda statement: statement.predicate):
        click.echo(f"  {readable(predicate)}")
        for statement in statements:
            click.echo(f"    {_value(statement.object, found.base)}")
            _write_cells(statement.cells, language)
    if found.claims:
        click.echo(f"\n{said}")
    for (subject, predicate), claims in groupby(found.claims, key=lambda claim: (claim.subject, claim.predicate)):
        whose = "" if subject == f"<{found.iri}>" else f"  {of} {_value(subject, found.base)}"
        click.echo(f"  {readable(predicate)}{whose}")
        for claim in claims:
            _write_claim(claim, found.base, language)


def _write_claim(claim: Claim, base: str, language: str) -> None:
    *_, source_word, scope_word, reason_word = _WORDS[language]
    rank = f"  ({claim.rank})" if claim.rank else ""
    click.echo(f"    {'*' if claim.preferred else '-'} {_value(claim.object, base)}{rank}")
    for source in claim.sources:
        click.echo(f"        {source_word}: {_source(source, base)}")
    for name, text in ((scope_word, claim.scope), (reason_word, claim.reason)):
        if text:
            click.echo(f"        {name}: {text}")
    _write_cells(claim.cells, language)


def _write_cells(cells: Sequence[Place], language: str) -> None:
    for cell in cells:
        click.echo(f"        {cell.text(language)}")


def _source(source: Source, base: str) -> str:
    return f"{source.label}  ({_value(source.term, base)})" if source.label else _value(source.term, base)


def _value(term: str, base: str) -> str:
    """A term as people read it: an IRI of the catalogue as its path, a text with its language."""
    if term.startswith(f"<{base}"):
        return term[len(base) + 1 : -1]
    language = term.rpartition('"@')[2] if '"@' in term and not term.endswith(('"', ">")) else ""
    return readable(term) + (f"  [{language}]" if language else "")
