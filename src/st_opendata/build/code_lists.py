"""Code lists of a profile as SKOS, and the cells that name a code that their list does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from st_opendata.facts import FactBase
from st_opendata.messages.codes import finding
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.findings import Finding
from st_opendata.model.profiles import CodeList
from st_opendata.rdf.lines import literal_text
from st_opendata.spelling import nearest


def code_list_turtle(codes: CodeList, catalogue: Catalogue) -> str:
    """The list as a `skos:ConceptScheme` with its concepts (SKOS §3, §4), the same for the same file."""
    scheme, start = codes.scheme_in(catalogue.base), codes.start_in(catalogue.base)
    title = codes.title_in(next(iter(catalogue.title)))
    lines = [
        "@prefix dct: <http://purl.org/dc/terms/> .",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        "",
        f"<{scheme}> a skos:ConceptScheme ;",
        f"  dct:title {', '.join(_text(text, tag) for tag, text in sorted(title.items()))} .",
    ]
    for code, labels in codes.labels.items():
        shown = ", ".join(_text(text, tag) for tag, text in sorted(labels.items()))
        lines += ["", f"<{start}{code}> a skos:Concept ;", f"  skos:notation {literal_text(code)} ;"]
        lines += [f"  skos:prefLabel {shown} ;"] if shown else []
        lines.append(f"  skos:inScheme <{scheme}> .")
    return "\n".join([*lines, ""])


def _text(text: str, tag: str) -> str:
    return literal_text(text) if tag == "und" else f"{literal_text(text)}@{tag}"


def unknown_codes(facts: FactBase, lists: Iterable[CodeList]) -> Iterator[Finding]:
    """A violation for each code that is not in its list, at the first cell that names it."""
    for codes in lists:
        start = codes.start_in(facts.catalogue.base)
        known = {f"<{start}{code}>" for code in codes.labels}
        found = facts.naming(start, known)
        places = facts.find_places((subject, predicate, value) for subject, predicate, value, _ in found)
        for *triple, count in found:
            code = triple[2].removeprefix(f"<{start}").removesuffix(">")
            near = nearest(code, codes.labels)
            where = places[triple[0], triple[1], triple[2]]
            yield finding("code-unknown", where, value=code, list=codes.name, near=near, count=count)
