"""EU authority tables as codes with labels.

`tables.json` holds codes and English labels of the Publications Office tables (access-right 2022-03-16, data-theme
2022-07-15, dataset-type 2023-03-15, distribution-status 2022-06-15, file-type 2022-09-28, frequency 2022-06-15,
HVD categories 2.1, licence 2024-12-11, planned-availability 2022-07-15).
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from st_opendata.namespaces import AUTHORITY

_SCHEMES = {"hvd-category": ("http://data.europa.eu/bna/", "http://data.europa.eu/bna/asd487ae75")}


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    tables: dict[str, dict[str, dict[str, str]]] = json.loads(
        files(__name__).joinpath("tables.json").read_text("utf-8")
    )
    return tables


def codes(table: str) -> tuple[str, ...]:
    """All codes of the table; KeyError for a table that is not here."""
    return tuple(_tables()[table])


def require_code(table: str, code: str) -> str:
    """The code, if the table has it.

    Raises:
        ValueError: it has not; the message names the nearest codes.
    """
    if code in _tables()[table]:
        return code
    near = get_close_matches(code.upper(), codes(table), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ValueError(f'"{code}" is not a code of the EU {table} table{hint}')


def concept_iri(table: str, code: str) -> str:
    """IRI of the concept."""
    start, _ = _SCHEMES.get(table, (f"{AUTHORITY}{table}/", ""))
    return start + code


def scheme_iri(table: str) -> str:
    """IRI of the table's skos:ConceptScheme."""
    return _SCHEMES.get(table, ("", f"{AUTHORITY}{table}"))[1]


def label(table: str, code: str) -> dict[str, str]:
    """Label of the concept by language; English always."""
    return _tables()[table][code]
