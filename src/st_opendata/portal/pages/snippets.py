"""Programs of a few lines that load a table: pandas, polars, DuckDB, R and curl."""

from __future__ import annotations

import json
import keyword
import re
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from st_opendata.formats import CSV, PARQUET
from st_opendata.portal.data.columns import PublishedTable


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program; `language` is its programming language, for syntax highlighting."""

    label: str
    language: str
    text: str


def snippets_of(table: PublishedTable, base_url: str) -> tuple[Snippet, ...]:
    """The programs for a table whose files are served at `base_url`; none for formats that it does not have."""
    urls = {each.format: f"{base_url}/{quote(each.file.path)}" for each in table.files}
    found: list[Snippet] = []
    name = _variable(table.name)
    if PARQUET in urls:
        address = _string(urls[PARQUET])
        file = _string(f"{name}.parquet")
        query = _string(f"FROM '{name}.parquet' LIMIT 10")
        found += [
            Snippet("pandas", "python", f"import pandas as pd\n\n{name} = pd.read_parquet({address})\nprint({name})"),
            Snippet("polars", "python", f"import polars as pl\n\n{name} = pl.read_parquet({address})\nprint({name})"),
            Snippet(
                "DuckDB",
                "python",
                "from urllib.request import urlretrieve\n\nimport duckdb\n\n"
                f"urlretrieve({address}, {file})\nduckdb.sql({query}).show()",
            ),
        ]
    csv = next((each for each in table.files if each.format == CSV), None)
    if csv:
        url, file = urls[CSV], csv.file.path.rpartition("/")[2]
        read = f'read.csv({_string(url)}, na.strings = "", fileEncoding = "UTF-8", check.names = FALSE)'
        check = shlex.quote(f"{csv.file.sha256}  {file}")
        found += [
            Snippet("R", "r", f"{name} <- {read}\nprint(head({name}))"),
            Snippet(
                "curl",
                "sh",
                f"curl --fail --location --remote-name {shlex.quote(url)}\necho {check} | sha256sum --check",
            ),
        ]
    return tuple(found)


def _variable(name: str) -> str:
    """A name that is a valid variable in each of the languages."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower()
    return plain if plain and not plain[0].isdigit() and not keyword.iskeyword(plain) else f"table_{plain}"


def _string(text: str) -> str:
    """A string literal of Python and of R."""
    return json.dumps(text)
