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
    from st_opendata.explain import Claim, Explanation
    from st_opendata.place import Place


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

    found = explain(release, iri, read_settings({"lang": lang}).language)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        _write(found)


def _write(found: Explanation) -> None:
    click.echo(found.iri)
    if found.statements:
        click.echo("\nStated in the tables")
    for statement in found.statements:
        click.echo(f"  {readable(statement.predicate)}  {_value(statement.object)}")
        _write_cells(statement.cells, "      ")
    if found.claims:
        click.echo("\nWhat the sources say")
    for predicate, claims in groupby(found.claims, key=lambda claim: claim.predicate):
        click.echo(f"  {readable(predicate)}")
        for claim in claims:
            _write_claim(claim)


def _write_claim(claim: Claim) -> None:
    click.echo(
        f"    {'*' if claim.preferred else '-'} {_value(claim.object)}" + (f"  ({claim.rank})" if claim.rank else "")
    )
    for source in claim.sources:
        label = f"{source.label}  " if source.label else ""
        click.echo(f"        source: {label}{source.term}")
    for name, text in (("scope", claim.scope), ("reason", claim.reason)):
        if text:
            click.echo(f"        {name}: {text}")
    _write_cells(claim.cells, "        ")


def _write_cells(cells: Sequence[Place], indent: str) -> None:
    for cell in cells:
        click.echo(f"{indent}{cell}")


def _value(term: str) -> str:
    """A term as people read it, with the language of a text."""
    language = term.rpartition('"@')[2] if '"@' in term and not term.endswith('"') else ""
    return readable(term) + (f"  [{language}]" if language else "")
