"""`st-opendata explain`: which cells state a thing, and what each source says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.completion import complete_thing
from st_opendata.cli.console import write_json
from st_opendata.cli.options import json_option, lang_option, release_argument
from st_opendata.messages.message import message
from st_opendata.namespaces import readable
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.place import Place
    from st_opendata.release.explain import Claim, Explanation, Inference, Source


@click.command(short_help="Show the cells and sources behind a thing.")
@release_argument
@click.argument("iri", shell_complete=complete_thing)
@json_option
@lang_option
def command(*, release: Path, iri: str, as_json: bool, lang: str | None) -> None:
    """Show the cells and sources behind a thing.

    The command lists the cells of RELEASE that state IRI, the sources of its claims, and what other sources say.
    IRI is an IRI, a prefixed name (wd:Q456), or a path below the base of the catalogue (city/lyon).
    """
    from st_opendata.release.explain import explain

    language = read_settings({"lang": lang}).language
    found = explain(release, iri, language)
    if as_json:
        write_json(found)
    else:
        _write(found, language)


def _write(found: Explanation, language: str) -> None:
    click.echo(found.iri)
    if found.sources or found.inferences:
        click.echo("\n" + message("From the sources")[language])
    for source in found.sources:
        click.echo(f"  {_source(source, found.base)}")
    _write_inferences(found.inferences, found.base, language, indent="  ")
    if found.statements:
        click.echo("\n" + message("Stated in the tables")[language])
    for predicate, statements in groupby(found.statements, key=lambda statement: statement.predicate):
        click.echo(f"  {readable(predicate)}")
        for statement in statements:
            click.echo(f"    {_value(statement.object, found.base)}")
            _write_cells(statement.cells, language)
    if found.claims:
        click.echo("\n" + message("What the sources say")[language])
    for (subject, predicate), claims in groupby(found.claims, key=lambda claim: (claim.subject, claim.predicate)):
        name = message("of {name}", name=_value(subject, found.base))[language]
        click.echo(f"  {readable(predicate)}" + ("" if subject == f"<{found.iri}>" else f"  {name}"))
        for claim in claims:
            _write_claim(claim, found.base, language)


def _write_claim(claim: Claim, base: str, language: str) -> None:
    rank = f"  ({claim.rank})" if claim.rank else ""
    click.echo(f"    {'*' if claim.preferred else '-'} {_value(claim.object, base)}{rank}")
    for source in claim.sources:
        click.echo("        " + message("source: {source}", source=_source(source, base))[language])
    precision = f"  ({claim.precision})" if claim.precision else ""
    stated_as = claim.stated_as + precision if claim.stated_as else ""
    lines = (
        (stated_as, message("stated as: {text}", text=stated_as)),
        (claim.scope, message("scope: {text}", text=claim.scope)),
        (claim.reason, message("reason: {text}", text=claim.reason)),
    )
    for text, line in lines:
        if text:
            click.echo(f"        {line[language]}")
    _write_inferences(claim.inferences, base, language, indent="        ")
    _write_cells(claim.cells, language)


def _write_inferences(inferences: Sequence[Inference], base: str, language: str, *, indent: str) -> None:
    for inference in inferences:
        inferred = message("inferred: {text}", text=inference.description or _value(inference.term, base))
        click.echo(f"{indent}{inferred[language]}")
        for source in inference.sources:
            click.echo(f"{indent}  " + message("source: {source}", source=_source(source, base))[language])


def _write_cells(cells: Sequence[Place], language: str) -> None:
    for cell in cells:
        click.echo(f"        {cell.text(language)}")


def _source(source: Source, base: str) -> str:
    return f"{source.label}  ({_value(source.term, base)})" if source.label else _value(source.term, base)


def _value(term: str, base: str) -> str:
    """A term for people: an IRI of the catalogue as its path, a text with its language."""
    if term.startswith(f"<{base}"):
        return term[len(base) + 1 : -1]
    language = term.rpartition('"@')[2] if '"@' in term and not term.endswith(('"', ">")) else ""
    return readable(term) + (f"  [{language}]" if language else "")
