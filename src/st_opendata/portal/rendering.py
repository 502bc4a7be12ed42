"""Pages from templates: escaped throughout, in the language of the address, with links to the other languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from st_opendata.http.conditions import matches_etag
from st_opendata.model.text import LANGUAGES, Text, pick, primary, tag_of, without_breaks
from st_opendata.namespaces import readable
from st_opendata.portal.assets import asset_url
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.wording import NAMES, words_of


class _LanguageConvertor(Convertor[str]):
    """A language of ours as the first part of an address."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("language", _LanguageConvertor())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("st_opendata.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": asset_url, "tag_of": tag_of}
    environment.filters |= {"plain": plain, "excerpt": excerpt, "short": lambda iri: readable(f"<{iri}>")}
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


def whole_number(text: str | None, least: int, most: int, *, otherwise: int) -> int:
    """The whole number that stands in an address, within these bounds; `otherwise` where none does."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return otherwise
    return max(least, min(int(text), most))


def say(text: Text, language: str) -> Markup:
    """The text in the language of the page, else in another, of which it then tells; apart from what is around it.

    `bdi` keeps a text that runs from right to left, or overrides directions, from turning its neighbours.
    """
    value, spoken = pick(text, language), tag_of(text, language) or language
    if primary(spoken) == "fr":
        value = without_breaks(value)
    return Markup("<bdi{}>{}</bdi>").format(foreign(spoken, language), value)


def foreign(spoken: str, language: str) -> Markup:
    """The attribute of a text in another language than the page; none where they are one, or it is not known."""
    return Markup() if spoken in (language, "und") else Markup(' lang="{}"').format(spoken)


def plain(text: str) -> str:
    """Text for places without markup, such as a title: in one line, without controls that turn directions."""
    kept = (each if unicodedata.category(each) not in ("Cc", "Cf") else " " for each in text)
    return " ".join("".join(kept).split())


def excerpt(said: Markup, most: int) -> Markup:
    """What `say` made, cut after a word where it has more characters."""
    start, text, end = str(said).partition(">")[0], said.striptags(), "</bdi>"
    short = text[: most - 1]
    cut = text if len(text) <= most else (short.rpartition(" ")[0] or short).rstrip(" ,.;:–-") + "…"
    return Markup(f"{start}>") + cut + Markup(end)  # noqa: S704 (the tags are those of `say`)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
    """A page made of a template; beside `values` it has what every page needs (see base.html).

    A browser that has it already is told so (304).
    """
    language, edition = language_of(request), edition_of(request)
    words = words_of(language)
    sent = raw_path(request)
    first, _, rest = sent.removeprefix("/").partition("/")
    path = rest if first in LANGUAGES else ""
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
        "section": path.partition("/")[0] if status == 200 else None,
        "say": lambda values: say(values, language),
        "canonical": base_url(request) + sent,
        "url": lambda path="", **query: page_url(language, path, **query),
        **values,
    }
    content = _environment().get_template(template).render(context)
    etag = f'W/"{sha256(content.encode()).hexdigest()[:32]}"'
    headers = {"Content-Language": language, "ETag": etag, "Cache-Control": "public, no-cache"}
    if status != 200:
        return HTMLResponse(content, status, {"Content-Language": language, "Vary": "Accept-Language"})
    if matches_etag(request.headers.get("If-None-Match"), etag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(content, status, headers)


def document(request: Request, what: str, make: Callable[[], bytes], headers: Mapping[str, str]) -> Response:
    """What `make` makes of the edition, and the same again for the same `what`: not made for a client that has it.

    The ETag is weak, as an answer may be compressed on its way (RFC 9110 §8.8.1).
    """
    etag = edition_of(request).endpoint.tag_of(what)
    headers = {"ETag": etag, "Cache-Control": "public, no-cache", **headers}
    if matches_etag(request.headers.get("If-None-Match"), etag):
        return Response(status_code=304, headers={name: headers[name] for name in headers if name != "Content-Type"})
    return Response(make(), headers=headers)


def content(request: Request, text: str | bytes, media_type: str, *, name: str | None = None) -> Response:
    """Something made for programs, with an ETag; `name` is that of the file to keep it in."""
    data = text.encode() if isinstance(text, str) else text
    etag = f'"{sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache"}
    if matches_etag(request.headers.get("If-None-Match"), etag):
        return Response(status_code=304, headers=headers)
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Response(data, headers={"Content-Type": f"{media_type}{charset}", **headers})
