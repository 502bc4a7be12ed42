"""The forms that a value takes in a field of CKAN that accepts any text: `as` of the field maps in `schemas/`.

Of values in several languages the site's is taken, else English, else any (`model.text.pick`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from st_opendata.formats import format_of_media_type
from st_opendata.namespaces import IANA, expand
from st_opendata.rdf.statements import Term, text_of
from st_opendata.targets.ckan.graph_source import GraphSource, geojson_of
from st_opendata.targets.ckan.limits import as_markdown, legal_tag
from st_opendata.vocabularies.licences import licence_name

SINGLE = frozenset({
    "email", "format", "geojson", "iri", "label", "literal", "media_type", "number", "period", "statement",
})  # fmt: skip
"""Forms with room for one value."""
PERIOD = (expand("dct:temporal"),)
_ENDS = tuple(map(expand, ("dcat:startDate", "dcat:endDate")))


def words_by_language(source: GraphSource, nodes: list[Term]) -> Iterator[list[str]]:
    """Keywords in the site's language, else in English, else all: the first of these groups with a legal tag."""
    literals = [node for node in nodes if isinstance(node, ox.Literal)]
    for language in (source.language, "en", None):
        found = [node.value for node in literals if language in (None, (node.language or "").partition("-")[0])]
        yield found
        if any(map(legal_tag, found)):
            return


def _tags(source: GraphSource, nodes: list[Term]) -> list[dict[str, str]]:
    """CKAN returns tags sorted and without duplicates, so they are sent that way."""
    *_, words = words_by_language(source, nodes)
    legal = {tag for word in words if (tag := legal_tag(word))}
    return [{"name": tag} for tag in sorted(legal)]


def iri_of(_source: GraphSource, nodes: list[Term]) -> str | None:
    """The first IRI of these nodes."""
    return next((node.value for node in nodes if isinstance(node, ox.NamedNode)), None)


def _media_type(source: GraphSource, nodes: list[Term]) -> str | None:
    """The bare media type: CKAN serves the download with it. As IRI for sites that are harvested from their own RDF."""
    iri = iri_of(source, nodes)
    return iri if source.iris or not iri else iri.removeprefix(IANA)


def _format(source: GraphSource, nodes: list[Term]) -> str | None:
    """The name of the format: CKAN's facets and previews use it. As IRI for sites harvested from their own RDF."""
    form = format_of_media_type((iri_of(source, nodes) or "").removeprefix(IANA))
    if form is None:
        return None
    return form.iri if source.iris else form.ckan_label or form.label


def _period(source: GraphSource, node: Term) -> str:
    """`2020-01-01/2020-12-31` (ISO 8601), with `..` for an open end."""
    ends = [next(map(text_of, source.graph.values(text_of(node), end)), "..") for end in _ENDS]
    return "/".join(ends)


FORMS: dict[str, Callable[[GraphSource, list[Term]], object]] = {
    "email": lambda source, nodes: (iri_of(source, nodes) or "").removeprefix("mailto:"),
    "format": _format,
    "geojson": geojson_of,
    "iri": iri_of,
    "iris": lambda _, nodes: list(map(text_of, nodes)),
    "keywords": lambda source, nodes: list(words_by_language(source, nodes))[-1],
    "label": lambda source, nodes: next(
        (label for node in nodes if (label := source.label(node)) != text_of(node)), None
    ),
    "licence": lambda _, nodes: text_of(nodes[0]) if len(set(map(licence_name, map(text_of, nodes)))) == 1 else None,
    "links": lambda _, nodes: "\n".join(map(text_of, nodes)),
    "literal": lambda _, nodes: text_of(nodes[0]),
    "markdown": lambda source, nodes: as_markdown(source.text(nodes)),
    "media_type": _media_type,
    "number": lambda _, nodes: int(text_of(nodes[0])),
    "parts": lambda _, nodes: nodes,
    "period": lambda source, nodes: _period(source, nodes[0]),
    "statement": lambda source, nodes: as_markdown(source.label(nodes[0])),
    "tags": _tags,
    "text": lambda source, nodes: source.text(nodes),
    "texts": lambda source, nodes: [source.text(nodes)],
    "words": lambda source, nodes: ", ".join(source.label(node) for node in nodes),
}
"""text, texts, markdown: a literal; tags, keywords: keywords; iri, iris, links, email: nodes; label, statement, words:
their names; period: its two ends."""
