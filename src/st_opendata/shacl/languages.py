"""Labels in each language of a catalogue: shapes that say so by a mark, completed by the catalogue's `language:`.

A property shape with `shapes:inEachLanguage` (its values are messages with the field {languages}) gets the SHACL that
these languages make of it. The completion is a file of its own beside the shapes, so that any SHACL engine that reads
both finds what this program finds.
"""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from rdflib import Graph, Literal, URIRef

from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import SH, SHAPES
from st_opendata.rdf.lines import literal_text
from st_opendata.shacl.terms import in_order

IN_EACH_LANGUAGE = URIRef(f"{SHAPES}inEachLanguage")

_HEAD = """\
# In which languages the shapes beside this file ask for labels: those that catalogue.yaml states under `language`.

@prefix sh: <{sh}> .
@prefix shapes: <{shapes}> .
"""
_ONCE = {"en": "once in {}", "fr": "une fois en {}", "de": "einmal auf {}"}
_EACH = {"en": "once in {}", "fr": "une fois en {}", "de": "{}"}
_ALL = {"en": "{}", "fr": "{}", "de": "je einmal auf {}"}
_AND = {"en": "and", "fr": "et", "de": "und"}
_ANY = {"en": "at least once", "fr": "au moins une fois", "de": "mindestens einmal"}


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
    messages = {
        str(text.language): str(text).replace("{languages}", spoken(tags, str(text.language))) for text in texts
    }
    shown = ",\n    ".join(f"{literal_text(text)}@{tag}" for tag, text in sorted(messages.items()))
    asked += [f"sh:message\n    {shown}"] if shown else []
    body = " ;\n  ".join(asked)
    return f"<{shape}>\n  {body} .\n"


def spoken(tags: Sequence[str], language: str) -> str:
    """How often and in which languages, in one of the languages of messages.

    >>> spoken(["en", "fr", "de"], "en"), spoken(["es"], "de")
    ('once in English, once in French and once in German', 'einmal auf Spanisch')
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    names = [_name(tag, language) for tag in tags]
    if not names:
        return _ANY[language]
    if len(names) == 1:
        return _ONCE[language].format(names[0])
    each = [_EACH[language].format(name) for name in names]
    return _ALL[language].format(f"{', '.join(each[:-1])} {_AND[language]} {each[-1]}")


def _name(tag: str, language: str) -> str:
    """What a language is called in another one; the tag itself where CLDR has no name."""
    names = Locale.parse(language).languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0]) or tag)
