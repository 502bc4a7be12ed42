"""Write the documents that are made from the program and its ontology; with `--check`, compare them instead.

    docs/commands/*.md   from the help of the commands, with the examples in docs/commands/examples/
    docs/findings.md     between its markers, from the codes of findings; so are fr/findings.md and de/findings.md
    docs/model.md        between its markers, from ontology/*.ttl
    docs/ontology.md     between its markers, from ontology/st-opendata.ttl

Exit code 1 when a document is not what it would be made now.
"""

from __future__ import annotations

import difflib
import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from st_opendata.cli import cli
from st_opendata.messages.codes import Code, codes
from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import PREFIXES, ST
from st_opendata.resources import resource_folder

DOCS = Path(__file__).resolve().parent
COMMANDS = DOCS / "commands"
FINDINGS = {language: DOCS / ("" if language == "en" else language) / "findings.md" for language in LANGUAGES}
"""The page of findings in each language."""
Context = click.Context


def documents() -> dict[Path, str]:
    """Every generated document with the text that it should have."""
    graph = Graph()
    for path in sorted(
        (*resource_folder("ontology").glob("*.ttl"), *(resource_folder("datasets") / "ontology").glob("*.ttl"))
    ):
        graph.parse(path)
    model = {"diagram": diagram(graph), "terms": terms(graph), "schemes": schemes(graph)}
    pages, index = command_pages()
    return {
        **pages,
        COMMANDS / "README.md": filled(COMMANDS / "README.md", {"commands": index}),
        **{path: filled(path, {"codes": findings(language)}) for language, path in FINDINGS.items()},
        DOCS / "model.md": filled(DOCS / "model.md", model),
        DOCS / "ontology.md": filled(DOCS / "ontology.md", {"diagram": diagram(graph), "reference": reference(graph)}),
    }


def filled(path: Path, parts: dict[str, str]) -> str:
    """The document with the text between its markers `<!-- made: NAME -->` and `<!-- end: NAME -->` made again."""
    text = path.read_text("utf-8")
    for name, part in parts.items():
        start, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
        assert text.count(start) == text.count(end) == 1, f"{path.name} needs one part {name}"
        text = f"{text.partition(start)[0]}{start}\n\n{part}\n{end}{text.partition(end)[2]}"
    return text


# Commands


def command_pages() -> tuple[dict[Path, str], str]:
    """A page for each command, and the table that lists them."""
    pages: dict[Path, str] = {}
    rows = []
    for context in leaves(Context(cli, info_name="st-opendata", terminal_width=100, **cli.context_settings)):
        path = COMMANDS / f"{'-'.join(context.command_path.split()[1:])}.md"
        pages[path] = command_page(context, COMMANDS / "examples" / path.name, language_line(path))
        rows.append((f"[`{context.command_path}`]({path.name})", context.command.get_short_help_str(200)))
    return pages, table(("command", "what it does"), rows)


def leaves(context: Context) -> Iterator[Context]:
    """The contexts of all commands except groups, in the order of the help."""
    if not isinstance(context.command, click.Group):
        yield context
        return
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        assert command is not None
        yield from leaves(Context(command, info_name=name, parent=context, terminal_width=100))


def language_line(path: Path) -> str:
    """Links to the same page in the other languages; empty where it has no translations, which are written by hand."""
    name = path.relative_to(DOCS)
    others = {"fr": "Français", "de": "Deutsch"}
    links = (
        f"[{title}]({os.path.relpath(DOCS / language / name, path.parent)})"
        for language, title in others.items()
        if (DOCS / language / name).is_file()
    )
    return " · ".join(("English", *links)).removesuffix("English")


def command_page(context: Context, examples: Path, languages: str) -> str:
    """Usage, description, options, epilog and the hand-written examples of a command."""
    command = context.command
    parts = [
        f"<!-- Made by `make docs` from the command's help and examples/{examples.name}; change those. -->",
        f"# {context.command_path}\n{languages}".strip(),
        prose(command.help or ""),
        f"```text\n{command.get_usage(context)}\n```",
        options_table(context),
        prose(command.epilog or ""),
        examples.read_text("utf-8").strip(),
        "What all commands share, such as settings: [commands](README.md).",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def options_table(context: Context) -> str:
    """The options as click describes them."""
    records = (option.get_help_record(context) for option in context.command.get_params(context))
    rows = ((f"`{left}`", " ".join(right.split())) for left, right in filter(None, records) if right)
    return table(("option", "meaning"), rows).strip()


def prose(text: str) -> str:
    """Click's help as Markdown: paragraphs flow, those that start with a backspace keep their lines."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text.partition("\f")[0]))
    return "\n\n".join(
        "```text\n{}\n```".format(paragraph.removeprefix("\b").strip("\n"))
        if paragraph.startswith("\b")
        else " ".join(paragraph.split())
        for paragraph in paragraphs
    )


# Findings


class Heads(NamedTuple):
    """The words of the page of findings in one language."""

    severity: str
    example: str
    message: str
    remedy: str
    colon: str = ":"


HEADS = {
    "en": Heads("severity", "example", "message", "what to do"),
    "fr": Heads("gravité", "exemple", "message", "que faire", "\u00a0:"),
    "de": Heads("Schwere", "Beispiel", "Meldung", "Abhilfe"),
}
SEVERITIES = {
    "fr": {"violation": "violation", "warning": "avertissement", "info": "information"},
    "de": {"violation": "Verstoß", "warning": "Warnung", "info": "Hinweis"},
}


def findings(language: str) -> str:
    """A table of all codes, then each with its message and remedy in that language."""
    heads = HEADS[language]
    rows = ((link(entry), severity(entry, language), inline(entry.example)) for entry in codes().values())
    sections = (finding_section(entry, language) for entry in codes().values())
    return "\n".join([table(("code" if language != "de" else "Code", heads.severity, heads.example), rows), *sections])


def severity(entry: Code, language: str) -> str:
    """The severity in that language."""
    return SEVERITIES.get(language, {}).get(str(entry.severity), str(entry.severity))


def link(entry: Code) -> str:
    """A link to the section of the code."""
    return f"[`{entry.code}`](#{entry.code})"


def finding_section(entry: Code, language: str) -> str:
    """The section of one code."""
    heads = HEADS[language]
    intro = (
        f"{heads.severity.capitalize()}{heads.colon} {severity(entry, language)}. "
        f"{heads.example.capitalize()}{heads.colon} {inline(entry.example)}"
    )
    row = tuple(text_cell(text[language]) for text in (entry.message, entry.remedy))
    return f"### {entry.code}\n\n{intro}\n\n{table((heads.message, heads.remedy), [row])}"


def text_cell(template: str) -> str:
    """A template as Markdown text: text outside backticks is escaped."""
    parts = re.split(r"(`[^`]*`)", template)
    return "".join(part if number % 2 else re.sub(r"([`<*\[])", r"\\\1", part) for number, part in enumerate(parts))


# The model


def diagram(graph: Graph) -> str:
    """A Mermaid class diagram: our classes, what they specialise, properties as arrows or members.

    A property whose values are literals or concepts is a member of its class, any other an arrow.
    """
    boxes: set[URIRef] = set()
    lines: list[str] = []
    for cls in own(graph, OWL.Class):
        boxes.add(cls)
        for parent in named(graph, graph.objects(cls, RDFS.subClassOf)):
            boxes.add(parent)
            lines.append(f"  {box(parent)} <|-- {box(cls)}")
    for prop in own(graph, OWL.ObjectProperty, OWL.DatatypeProperty):
        ranges = ends(graph, prop, RDFS.range)
        member = (prop, RDF.type, OWL.DatatypeProperty) in graph or ranges == [SKOS.Concept]
        for domain in ends(graph, prop, RDFS.domain):
            boxes.add(domain)
            for value in ranges:
                if member:
                    lines.append(f"  {box(domain)} : {local(prop)} {local(value)}")
                else:
                    boxes.add(value)
                    lines.append(f"  {box(domain)} --> {box(value)} : {local(prop)}")
    heads = [f'  class {box(cls)}["{short(cls)}"]' for cls in sorted(boxes)]
    return "\n".join(["```mermaid", "classDiagram", "  direction LR", *heads, *sorted(lines), "```", ""])


def terms(graph: Graph) -> str:
    """Our classes and properties with their definitions."""
    classes = [
        (code(term), listed(named(graph, graph.objects(term, RDFS.subClassOf))), definition(graph, term))
        for term in own(graph, OWL.Class)
    ]
    properties = [
        (
            code(term),
            listed(ends(graph, term, RDFS.domain)),
            listed(ends(graph, term, RDFS.range)),
            definition(graph, term),
        )
        for term in own(graph, OWL.ObjectProperty, OWL.DatatypeProperty)
    ]
    return (
        f"### Classes\n\n{table(('class', 'is a', 'definition'), classes)}\n"
        f"### Properties\n\n{table(('property', 'of', 'value', 'definition'), properties)}"
    )


def reference(graph: Graph) -> str:
    """The header of the ontology, then a section for each class and property: all that it says of it."""
    ontology = URIRef(ST.rstrip("#"))
    kinds = (DCTERMS.title, OWL.versionInfo, OWL.versionIRI, DCTERMS.issued, DCTERMS.modified, DCTERMS.license)
    facts = [(code(kind), text_of(graph, ontology, kind, "en") or str(graph.value(ontology, kind))) for kind in kinds]
    found = own(graph, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    return "\n".join([table(("of the ontology", ""), facts), *(term_section(graph, term) for term in found)])


def term_section(graph: Graph, term: URIRef) -> str:
    """One term: its kind and ends, labels and definitions in each language, an example."""
    below = [node for node in own(graph, OWL.Class) if (node, RDFS.subClassOf, term) in graph]
    ends_of = {
        "is a": named(graph, graph.objects(term, RDFS.subClassOf)),
        "more special": below,
        "of": ends(graph, term, RDFS.domain),
        "value": ends(graph, term, RDFS.range),
        "has": [
            prop
            for prop in own(graph, OWL.ObjectProperty, OWL.DatatypeProperty)
            if term in ends(graph, prop, RDFS.domain)
        ],
    }
    kind = next(code(each) for each in graph.objects(term, RDF.type) if isinstance(each, URIRef))
    lines = [kind, *(f"{name} {listed(found)}" for name, found in ends_of.items() if found)]
    texts = (
        (language, text_of(graph, term, RDFS.label, language), text_of(graph, term, SKOS.definition, language))
        for language in LANGUAGES
    )
    example = f"```turtle\n{graph.value(term, SKOS.example)}\n```\n"
    return f"### {local(term)}\n\n{'; '.join(lines)}\n\n{table(('', 'label', 'definition'), texts)}\n{example}"


def schemes(graph: Graph) -> str:
    """Each SKOS scheme as a table of its concepts."""
    sections = []
    for scheme in named(graph, graph.subjects(RDF.type, SKOS.ConceptScheme)):
        rows = []
        for concept in named(graph, graph.subjects(SKOS.inScheme, scheme)):
            labels = [text_of(graph, concept, SKOS.prefLabel, language) for language in LANGUAGES]
            name = str(concept).removeprefix(f"{scheme}/")
            rows.append((inline(name), *labels, definition(graph, concept)))
        title = text_of(graph, scheme, SKOS.prefLabel, "en")
        sections.append(f"### {title}\n\n`{scheme}/`\n\n{table(('concept', *LANGUAGES, 'definition'), rows)}")
    return "\n".join(sections)


def own(graph: Graph, *types: URIRef) -> list[URIRef]:
    """Our terms of these types, by name."""
    found = {term for kind in types for term in graph.subjects(RDF.type, kind) if str(term).startswith(ST)}
    return sorted(term for term in found if isinstance(term, URIRef))


def named(graph: Graph, nodes: Iterable[Node]) -> list[URIRef]:
    """The IRIs among the nodes, unions taken apart."""
    found: set[URIRef] = set()
    for node in nodes:
        if isinstance(node, URIRef):
            found.add(node)
        else:
            for union in graph.objects(node, OWL.unionOf):
                found |= {item for item in Collection(graph, union) if isinstance(item, URIRef)}
    return sorted(found)


def ends(graph: Graph, prop: URIRef, side: URIRef) -> list[URIRef]:
    """The classes at one side of a property."""
    return named(graph, graph.objects(prop, side))


def definition(graph: Graph, term: Node) -> str:
    """The English definition."""
    return text_of(graph, term, SKOS.definition, "en")


def text_of(graph: Graph, subject: Node, prop: URIRef, language: str) -> str:
    """The text in that language; empty if the language is missing."""
    return next((str(text) for text in graph.objects(subject, prop) if getattr(text, "language", None) == language), "")


def short(iri: URIRef) -> str:
    """The IRI, shortened with our prefixes."""
    prefix = max((p for p in PREFIXES if iri.startswith(PREFIXES[p])), key=lambda p: len(PREFIXES[p]), default="")
    return f"{prefix}:{iri.removeprefix(PREFIXES[prefix])}" if prefix else str(iri)


def box(iri: URIRef) -> str:
    """The IRI as a name that is valid in Mermaid."""
    return re.sub(r"\W", "_", short(iri))


def local(iri: URIRef) -> str:
    """The name without its prefix."""
    return short(iri).rpartition(":")[2]


def code(term: URIRef) -> str:
    """The name of a term, as code."""
    return inline(short(term))


def listed(found: list[URIRef]) -> str:
    """The names of some terms."""
    return ", ".join(map(code, found))


# Markdown


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars and line breaks in cells are escaped."""
    heads = tuple(heads)
    lines = [
        heads,
        ("---",) * len(heads),
        *(tuple(re.sub(r"\s*\n\s*", " ", cell).replace("|", r"\|") for cell in row) for row in rows),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def inline(text: str) -> str:
    """The text as inline code, whatever it holds."""
    text = re.sub(r"\s*\n\s*", " ", text.strip())
    fence = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def compare(path: Path, wanted: str) -> list[str]:
    """The first lines of the difference between a document and what it should be."""
    have = path.read_text("utf-8") if path.is_file() else ""
    name = path.relative_to(DOCS.parent).as_posix()
    diff = difflib.unified_diff(have.splitlines(), wanted.splitlines(), name, f"{name} as made now", lineterm="", n=1)
    return list(diff)[:20]


def main(arguments: list[str]) -> int:
    """Write the documents, or with `--check` compare them."""
    wanted = documents()
    stale = [path for path in sorted(COMMANDS.glob("*.md")) if path not in wanted]
    if arguments == ["--check"]:
        differences = [line for path, text in wanted.items() for line in compare(path, text)]
        differences += [f"{path.relative_to(DOCS.parent).as_posix()}: no such command" for path in stale]
        if differences:
            sys.stderr.write("\n".join([*differences, "", "Documents are out of date: run `make docs`.", ""]))
        return 1 if differences else 0
    if arguments:
        sys.stderr.write("usage: generate.py [--check]\n")
        return 2
    for path in stale:
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
