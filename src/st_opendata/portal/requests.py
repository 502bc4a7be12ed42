"""The parts of a request: its edition, language and dataset, and the addresses for its answer."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request

from st_opendata.model.text import LANGUAGES
from st_opendata.portal.data.description_file import describe
from st_opendata.portal.data.descriptions import DatasetDescription
from st_opendata.portal.data.edition import Edition


class _LanguageConvertor(Convertor[str]):
    """One of `LANGUAGES` as the first part of an address."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("language", _LanguageConvertor())


def edition_of(request: Request) -> Edition:
    """The edition that answers this request."""
    edition: Edition = request.state.edition
    return edition


def language_of(request: Request) -> str:
    """The language of the page, from its address; HTTPException 404 if it names another one."""
    language: str = request.path_params.get("language", "en")
    if language not in LANGUAGES:
        raise HTTPException(404)
    return language


def find_dataset(request: Request) -> DatasetDescription:
    """The dataset that an address names; HTTPException 404 for an unknown one."""
    try:
        return describe(edition_of(request))[request.path_params["dataset"]]
    except KeyError:
        raise HTTPException(404) from None


def base_url(request: Request) -> str:
    """The address of the portal for visitors, without a slash at its end."""
    configured: str | None = request.app.state.options.base_url
    return (configured or str(request.base_url)).rstrip("/")


def raw_path(request: Request) -> str:
    """The raw path of the request, as a percent sign may be a part of an IRI."""
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    return raw.partition(b"?")[0].decode("latin-1")


def page_url(language: str, path: str = "", **query: object) -> str:
    """The address on this portal of a page in a language; empty values of the query are left out."""
    asked = {key: value for key, value in query.items() if value not in (None, "", [], ())}
    return f"/{language}/{quote(path)}" + (f"?{urlencode(asked, doseq=True)}" if asked else "")


def alternates(path: str) -> dict[str, str]:
    """The addresses of a page by language; `path` is what follows the language, percent-encoded, with its query."""
    return {language: f"/{language}/{path}" for language in LANGUAGES}


def whole_number(text: str | None, least: int, most: int, *, otherwise: int) -> int:
    """The whole number in an address, within these bounds; `otherwise` without one."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return otherwise
    return max(least, min(int(text), most))
