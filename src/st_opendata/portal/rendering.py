"""Pages from templates: escaped throughout, in the language of the address, with links to the other languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from st_opendata.http.conditions import not_modified
from st_opendata.markup import html_of
from st_opendata.model.text import LANGUAGES, Text, pick, primary, tag_of, without_breaks
from st_opendata.namespaces import readable
from st_opendata.portal.assets import asset_url
from st_opendata.portal.requests import alternates, base_url, edition_of, language_of, page_url, raw_path
from st_opendata.portal.responses import REVALIDATED
from st_opendata.portal.wording import NAMES, words_of


@cache
def environment() -> Environment:
    """The environment of templates: it escapes every value, and an unknown one is an error."""
    made = Environment(
        loader=PackageLoader("st_opendata.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": asset_url, "tag_of": tag_of}
    made.filters |= {"plain": plain, "excerpt": excerpt, "short": lambda iri: readable(f"<{iri}>")}
    return made


def say(text: Text, language: str) -> Markup:
    """The text in the language of the page, else in another, with its `lang`; isolated from the text around it.

    `bdi` prevents a text that runs from right to left, or overrides directions, from changing its neighbours.
    """
    value, spoken = pick(text, language), tag_of(text, language) or language
    if primary(spoken) == "fr":
        value = without_breaks(value)
    return Markup("<bdi{}>{}</bdi>").format(foreign(spoken, language), value)


def say_markdown(text: Text, language: str) -> Markup:
    """The Markdown in the language of the page, else in another, as blocks with their `lang` and direction."""
    spoken = tag_of(text, language) or language
    attribute = foreign(spoken, language)
    safe = Markup(html_of(pick(text, language)))  # noqa: S704 (it has no HTML but that of Markdown)
    return Markup('<div class="lead" dir="auto"{}>{}</div>').format(attribute, safe)


def foreign(spoken: str, language: str) -> Markup:
    """The `lang` attribute of a text in another language than the page; empty if it is the same or unknown."""
    return Markup() if spoken in (language, "und") else Markup(' lang="{}"').format(spoken)


def plain(text: str) -> str:
    """Text for places without markup, such as a title: in one line, without characters that change its direction."""
    visible = (each if unicodedata.category(each) not in ("Cc", "Cf") else " " for each in text)
    return " ".join("".join(visible).split())


def excerpt(marked: Markup, most: int) -> Markup:
    """The output of `say`, truncated after a word if it has more than `most` characters."""
    start, text, end = str(marked).partition(">")[0], marked.striptags(), "</bdi>"
    short = text[: most - 1]
    cut = text if len(text) <= most else (short.rpartition(" ")[0] or short).rstrip(" ,.;:–-") + "…"
    return Markup(f"{start}>") + cut + Markup(end)  # noqa: S704 (the tags are those of `say`)


@dataclass(frozen=True, slots=True)
class PageView:
    """The values for a page's template, in addition to those that every page has (see base.html).

    `template` is set if this state of the page has a separate template.
    """

    values: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    template: str | None = None


def render(request: Request, template: str, view: PageView) -> Response:
    """The page in the language of its address; 304 if the browser's copy is current."""
    language = language_of(request)
    content = environment().get_template(view.template or template).render(_context(request, language, view))
    if view.status != 200:
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return HTMLResponse(content, view.status, {**headers, **view.headers})
    etag = f'W/"{sha256(content.encode()).hexdigest()[:32]}"'
    headers = {"Content-Language": language, "ETag": etag, "Cache-Control": REVALIDATED, **view.headers}
    return not_modified(request, headers) or HTMLResponse(content, headers=headers)


def _context(request: Request, language: str, view: PageView) -> dict[str, Any]:
    """The values of a page, including those that every page needs."""
    edition, base, sent = edition_of(request), base_url(request), raw_path(request)
    first, _, rest = sent.removeprefix("/").partition("/")
    path = rest if first in LANGUAGES else ""
    query = f"?{request.url.query}" if request.url.query else ""

    def text(values: Text) -> str:
        return pick(values, language)

    return {
        "t": words_of(language),
        "text": text,
        "language": language,
        "languages": {each: (NAMES[each], address) for each, address in alternates(path + query).items()},
        "menu": [each.menu for each in request.app.state.pages if each.menu and each.applies(edition)],
        "release": edition.release,
        "base_url": base,
        "section": path.partition("/")[0] if view.status == 200 else None,
        "say": lambda values: say(values, language),
        "say_markdown": lambda values: say_markdown(values, language),
        "canonical": base + sent,
        "url": lambda path="", **query: page_url(language, path, **query),
        **view.values,
    }
