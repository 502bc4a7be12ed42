"""Takes the queries that `published.py` names out of the files in which others published them, for `test_eurio.py`.

`python tests/docs/eurio.py [--from FOLDER_OR_ADDRESS]` writes build/eurio/NAME.rq, each only if it is, letter for
letter, the text that the test was written for. The files come from GitHub, or from elsewhere with the same paths.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from published import QUERIES, Published, Text, Value

GITHUB = "https://raw.githubusercontent.com"
FOLDER = Path(__file__).resolve().parents[2] / "build" / "eurio"


def fetch(queries: Mapping[str, Published], base: str, folder: Path) -> list[str]:
    """Write the queries into the folder; what was wrong with those that are not written."""
    folder.mkdir(parents=True, exist_ok=True)
    complaints = []
    for name, query in queries.items():
        address = f"{base}/{query.source}"
        try:
            text = take(read(address), query.text).encode()
        except (OSError, HTTPException, ValueError) as error:
            complaints.append(f"{name}: {address}: {error}")
            continue
        if sha256(text).hexdigest() == query.sha256:
            (folder / f"{name}.rq").write_bytes(text)
        else:
            complaints.append(f"{name}: {address}: the query is not the one that the test was written for")
    return complaints


@cache
def read(address: str) -> str:
    """A file, its lines ended as JavaScript and Python end them in a text of several lines, however it ends them."""
    with urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    return content.decode().replace("\r\n", "\n")


def take(source: str, text: Text) -> str:
    """The text with its values; raises ValueError where a mark is not in the source."""
    template = source
    for mark in text.marks:
        template = apart(template, mark)[1]
    template = apart(template, text.end)[0]
    holes = "|".join(map(re.escape, text.values))
    return re.sub(holes, lambda hole: filled(source, text.values[hole[0]]), template)


def apart(source: str, mark: str) -> tuple[str, str]:
    """The text before the mark, and the text after it."""
    before, found, after = source.partition(mark)
    if not found:
        raise ValueError(f"{mark!r} is not there")
    return before, after


def filled(source: str, value: Value) -> str:
    """The placeholder for a value."""
    match value:
        case str():
            return value
        case Text():
            return take(source, value)
        case _:
            return "".join(filled(source, part) for part in value)


def main() -> int:
    """Exit code 1 if a query could not be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="base", default=GITHUB, metavar="FOLDER_OR_ADDRESS")
    base: str = parser.parse_args().base
    complaints = fetch(QUERIES, base if "://" in base else Path(base).resolve().as_uri(), FOLDER)
    sys.stderr.writelines(f"{complaint}\n" for complaint in complaints)
    sys.stdout.write(f"{len(QUERIES) - len(complaints)} of {len(QUERIES)} published queries are in build/eurio/\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
