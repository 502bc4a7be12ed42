"""The properties of a profile as terms with labels, and its shapes for the description of a catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from st_opendata.model.profiles import ApplicationProfile
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.lines import literal_text
from st_opendata.shacl import target_terms


def description_shapes(profile: ApplicationProfile) -> frozenset[str]:
    """The files of its shapes that are about the description: a shape in them targets a term of DCAT.

    A property of the profile is such a term, too. All other files are about the facts.
    """
    own = {f"<{iri}>" for entry in profile.properties.values() for iri in (entry.iri, *entry.also)}
    start = f"<{PREFIXES['dcat']}"
    return frozenset(
        name
        for name, path in profile.shapes.items()
        if any(target in own or target.startswith(start) for target in target_terms([path]))
    )


def property_turtle(profile: ApplicationProfile) -> str:
    """The properties with their labels and descriptions, for pages that show their values."""
    return "\n".join(_lines(profile))


def _lines(profile: ApplicationProfile) -> Iterator[str]:
    yield "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
    yield "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    for entry in profile.properties.values():
        if entry.refines:
            continue
        yield ""
        yield f"<{entry.iri}> a rdf:Property ;"
        if entry.description:
            yield f"  rdfs:comment {_texts(entry.description)} ;"
        yield f"  rdfs:label {_texts(entry.label)} ."
    yield ""


def _texts(text: Text) -> str:
    return ", ".join(
        literal_text(value) if tag == "und" else f"{literal_text(value)}@{tag}" for tag, value in sorted(text.items())
    )
