"""Labels in each language of a catalogue: shapes that say so by a mark, completed by the catalogue's `language:`.

A property shape with `shapes:inEachLanguage` (its values are messages with the field {languages}) gets the SHACL
for these languages. The completion is a separate file next to the shapes, so that any SHACL engine that reads both
finds the same as this program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale
from rdflib import Graph, Literal, URIRef

from st_opendata.messages.message import Message, message
from st_opendata.model.text import LANGUAGES, pick
from st_opendata.namespaces import SH, SHAPES
from st_opendata.rdf.lines import literal_text
from st_opendata.shacl.terms import in_order

IN_EACH_LANGUAGE = URIRef(f"{SHAPES}inEachLanguage")

_HEAD = """\
# In which languages the shapes beside this file ask for labels: those that catalogue.yaml states under `language`.

@prefix sh: <{sh}> .
@prefix shapes: <{shapes}> .
"""


def language_shapes(shapes: Graph, tags: Sequence[str]) -> str:
    """Turtle that completes the marked shapes for these language tags; empty where no shape is marked.

    Without a tag, one label in any language, or without one, is enough.
    """
    marked = [node for node in in_order(set(shapes.subjects(IN_EACH_LANGUAGE))) if isinstance(node, URIRef)]
    if not marked:
        return ""
    ordered = [*(tag for tag in LANGUAGES if tag in tags), *sorted({*tags} - {*LANGUAGES})]
    head = _HEAD.format(sh=SH, shapes=SHAPES)
    return "\n".join([head, *(_completion(shapes, node, ordered) for node in marked)])


def _completion(graph: Graph, shape: URIRef, tags: Sequence[str]) -> str:
    listed = " ".join(literal_text(tag) for tag in tags)
    asked = [f"sh:minCount {max(1, len(tags))}", "sh:uniqueLang true"]
    asked += [f"sh:languageIn ( {listed} )"] if tags else []
    texts = (text for text in graph.objects(shape, IN_EACH_LANGUAGE) if isinstance(text, Literal) and text.language)
    messages = {str(text.language): str(text).replace("{languages}", _spoken(tags, text)) for text in texts}
    shown = ",\n    ".join(f"{literal_text(text)}@{tag}" for tag, text in sorted(messages.items()))
    asked += [f"sh:message\n    {shown}"] if shown else []
    body = " ;\n  ".join(asked)
    return f"<{shape}>\n  {body} .\n"


def _spoken(tags: Sequence[str], text: Literal) -> str:
    """The wording of a count and languages, in the language of a text, or in English."""
    return pick(label_languages(tags), str(text.language))


def label_languages(tags: Sequence[str]) -> Message:
    """The number and languages of the required labels, in words.

    >>> label_languages(["en", "fr", "de"])["en"], label_languages(["es"])["de"]
    ('once in English, once in French and once in German', 'einmal auf Spanisch')
    """
    names = [{language: _name(tag, language) for language in LANGUAGES} for tag in tags]
    if not names:
        return message("at least once")
    first, *rest = names
    if not rest:
        return message("once in {language}", language=first)
    some: Mapping[str, str] = first
    for name in rest[:-1]:
        some = message("{languages}, once in {language}", languages=some, language=name)
    return message("once in {languages} and once in {language}", languages=some, language=rest[-1])


def _name(tag: str, language: str) -> str:
    """The name of a language in another one; the tag itself if CLDR has no name."""
    names = Locale.parse(language).languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0]) or tag)
