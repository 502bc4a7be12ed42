"""What the `csvw` library says about a table description, before we build on it.

The description is handed over as CSVW JSON with prefixes expanded. Nothing in it names another file or URL, so the
library reads nothing: a `tableSchema` that is a URL and `@context` are refused before (`metadata`).
"""

from __future__ import annotations

import warnings
from typing import Any

import csvw.metadata
from csvw.datatypes import DATATYPES


def known_datatypes() -> frozenset[str]:
    """The datatypes that the library knows: CSVW's without a few kinds of string."""
    return frozenset(DATATYPES)


def complaints(description: dict[str, Any]) -> list[str]:
    """The library's errors and warnings about one table description, in its words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            csvw.metadata.Table.fromvalue(description)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return [str(error) or type(error).__name__]
    return list(dict.fromkeys(str(warning.message) for warning in caught))
