"""The source that the command line names, as documents: a file in its folder, or a URL on the web."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from st_opendata.csvw.discovery import STANDARD_PATHS, Hints
from st_opendata.csvw.loader import DocumentLoader
from st_opendata.errors import InputError, UsageError
from st_opendata.http.client import fetch_file
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

_SITE_CONFIGURATION = "/.well-known/csvm"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Options in addition to SOURCE: a metadata file, the Link header, a site-wide configuration, the folder's IRI."""

    metadata: Path | None = None
    link: str | None = None
    site: Path | None = None
    base: str | None = None


@dataclass(slots=True)
class WebFetcher:
    """Fetches documents into files of a folder; `links` are the Link headers by URL."""

    folder: Path
    links: dict[str, str | None] = field(default_factory=dict)
    _count: int = 0

    def __call__(self, url: str) -> Path | None:
        """The document at the URL, None if it does not exist; raises as `fetch_file`."""
        self._count += 1
        answer = fetch_file(url, self.folder / f"document{self._count}")
        self.links[url] = answer.link if answer else None
        return answer.path if answer else None


def local_source(source: Path, options: SourceOptions) -> tuple[str, DocumentLoader, Hints]:
    """The IRI of a file, the documents in its folder, and the hints about it.

    Raises:
        InputError: there is no such file, or a given one cannot be read or lies elsewhere.
        UsageError: the base is not an IRI.
    """
    if not source.is_file():
        raise InputError(message("there is no such file"), place=Place(str(source)), remedy=message("Check the path."))
    folder = source.resolve().parent
    loader = DocumentLoader(_folder_iri(options.base) if options.base else folder.as_uri() + "/", folder)
    metadata = loader.iri(options.metadata) if options.metadata else None
    if options.metadata and not options.metadata.is_file():
        raise InputError(
            message("there is no such file"), place=Place(str(options.metadata)), remedy=message("Check the path.")
        )
    site = _lines(options.site) if options.site else STANDARD_PATHS
    return loader.iri(source), loader, Hints(metadata, options.link, site)


def remote_source(url: str, options: SourceOptions, web: WebFetcher) -> tuple[str, DocumentLoader, Hints]:
    """The URL of a table or metadata document, the documents on the web, and the hints of the site.

    Raises:
        InputError: there is no such document.
        UsageError: a base is given, or the URL is not http(s).
        RemoteError: the site does not answer, or refuses.
    """
    if options.base or options.metadata:
        raise UsageError(
            message("--base and --metadata are for files; for metadata on the web, give its URL as SOURCE")
        )
    loader = DocumentLoader("", None, web)
    if loader.find(url) is None:
        raise InputError(message("there is no such document"), place=Place(url), remedy=message("Check the URL."))
    site = _lines(options.site) if options.site else _configured(url, loader)
    return url, loader, Hints(None, options.link or web.links.get(url), site)


def _configured(url: str, loader: DocumentLoader) -> tuple[str, ...]:
    """The templates of the site, else the standard paths (CSVW syntax §5.3)."""
    path = loader.find(urljoin(url, _SITE_CONFIGURATION))
    return _lines(path) if path else STANDARD_PATHS


def _lines(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(message("the file cannot be read: {reason}", reason=reason), place=Place(str(path))) from None
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _folder_iri(base: str) -> str:
    try:
        iri = urljoin(base, ".")
    except ValueError:
        iri = ""
    if "://" not in iri:
        raise UsageError(
            message(
                '"{base}" is not the IRI of a folder, as {example} is', base=base, example="https://example.org/data/"
            )
        )
    return iri if base.endswith("/") else base + "/"
