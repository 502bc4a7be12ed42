"""Pages from templates: escaped throughout, in the language of the address, with links to the other languages."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from st_opendata.model.text import LANGUAGES, Text, pick
from st_opendata.portal.assets import asset_url
from st_opendata.portal.edition import Edition
from st_opendata.portal.wording import NAMES, words_of


class _Language(Convertor[str]):
    """`{language:language}` in the path of a route is one of ours; anything else may be a part of an IRI."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("language", _Language())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("st_opendata.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_url
    return environment


def edition_of(request: Request) -> Edition:
    """The edition that this request is answered from."""
    edition: Edition = request.state.edition
    return edition


def language_of(request: Request) -> str:
    """The language of the page, from its address; HTTPException 404 where that names none of ours."""
    language: str = request.path_params.get("language", "en")
    if language not in LANGUAGES:
        raise HTTPException(404)
    return language


def base_url(request: Request) -> str:
    """Where visitors find the portal, without a slash at its end."""
    configured: str | None = request.app.state.options.base_url
    return (configured or str(request.base_url)).rstrip("/")


def raw_path(request: Request) -> str:
    """The path of the request as it was sent: a percent sign may be a part of an IRI."""
    raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    return raw.partition(b"?")[0].decode("latin-1")


def page_url(language: str, path: str = "", **query: object) -> str:
    """The address on this portal of a page in a language; empty values of the query are left out."""
    asked = {key: value for key, value in query.items() if value not in (None, "", [], ())}
    return f"/{language}/{quote(path)}" + (f"?{urlencode(asked, doseq=True)}" if asked else "")


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """A page made of a template; beside `values` it has what every page needs (see base.html)."""
    language, edition = language_of(request), edition_of(request)
    words = words_of(language)
    sent = raw_path(request)
    first, _, rest = sent.removeprefix("/").partition("/")
    path = rest if first == language else ""
    query = f"?{request.url.query}" if request.url.query else ""

    def text(values: Text) -> str:
        return pick(values, language)

    context = {
        "t": words,
        "text": text,
        "language": language,
        "languages": {each: (NAMES[each], f"/{each}/{path}{query}") for each in LANGUAGES},
        "edition": edition,
        "release": edition.release,
        "base_url": base_url(request),
        "canonical": base_url(request) + sent,
        "url": lambda path="", **query: page_url(language, path, **query),
        **values,
    }
    content = _environment().get_template(template).render(context)
    return HTMLResponse(content, status, {"Content-Language": language, "Vary": "Accept-Language"})
