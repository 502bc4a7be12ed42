"""Where IRIs lead to on the pages."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from st_opendata.model.release import Release
from st_opendata.namespaces import SCHEME, ST


def address_of(iri: str, release: Release, language: str) -> str | None:
    """The page on a thing of ours, the address itself of what is elsewhere on the web, None for what leads nowhere."""
    if iri.startswith(release.base):
        return f"/{language}/thing/{quote(iri.removeprefix(release.base))}"
    if iri.startswith((ST, SCHEME)):
        return f"/{language}/thing?iri={quote(iri, safe='')}"
    return iri if urlsplit(iri).scheme in ("http", "https") else None
