"""shapes/dcat-ap.ttl and shapes/dcat-ap-hvd.ttl, generated from the table shapes/dcat-ap.yaml.

    python -m st_opendata.shacl.dcat_shapes

Each constraint is a property shape with its own IRI, so that its message can say what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import PREFIXES, SHAPES
from st_opendata.rdf.lines import literal_text
from st_opendata.resources import resource_folder

PROFILES = ("dcat-ap", "dcat-ap-hvd")

_USED = (
    *("adms", "dcat", "dcatap", "dct", "eli", "foaf", "locn", "odrl", "owl", "prov", "rdfs", "sh", "skos", "spdx"),
    *("time", "vcard", "xsd"),
)
_KINDS = {"literal": "sh:Literal", "node": "sh:BlankNodeOrIRI", "iri": "sh:IRI"}
_NODES = {"date": "shapes:Date", "resource": "shapes:Resource"}

# Message of each constraint, in the order of LANGUAGES; `what` is "Dataset: title (dct:title)".
_MESSAGES: Mapping[str, tuple[str, str, str]] = {
    "min": (
        "{what} is missing: state a value.",
        "{what} manque : donnez une valeur.",
        "{what} fehlt: Geben Sie einen Wert an.",
    ),
    "recommended": (
        "{what} is recommended: state a value if you can.",
        "{what} est une propriété recommandée : donnez une valeur si possible.",
        "{what} ist empfohlen: Geben Sie, wenn möglich, einen Wert an.",
    ),
    "max": (
        "{what} is stated more than once: keep one value.",
        "{what} a plusieurs valeurs : gardez-en une seule.",
        "{what} hat mehrere Werte: Behalten Sie einen davon.",
    ),
    "literal": (
        "{what} must be a literal: write a text, number or date, not an IRI.",
        "{what} demande un littéral : écrivez un texte, un nombre ou une date, pas un IRI.",
        "{what} muss ein Literal sein: Schreiben Sie Text, Zahl oder Datum, keinen IRI.",
    ),
    "node": (
        "{what} must be a resource: state its IRI instead of a text.",
        "{what} demande une ressource : donnez son IRI au lieu d'un texte.",
        "{what} muss eine Ressource sein: Geben Sie ihren IRI statt eines Textes an.",
    ),
    "iri": (
        "{what} must be an IRI: write it in full.",
        "{what} demande un IRI : écrivez-le en entier.",
        "{what} muss ein IRI sein: Schreiben Sie ihn vollständig.",
    ),
    "datatype": (
        "{what} must be a valid {value}: correct the value or its datatype.",
        "{what} demande un {value} valide : corrigez la valeur ou son type.",
        "{what} muss ein gültiger {value} sein: Berichtigen Sie den Wert oder seinen Datentyp.",
    ),
    "class": (
        "{what} must be a {value}: give the value this type in the catalogue, or name one that has it.",
        "{what} demande un {value} : donnez ce type à la valeur dans le catalogue, ou nommez-en une qui l'a.",
        "{what} muss ein {value} sein: Geben Sie dem Wert im Katalog diesen Typ oder nennen Sie einen, der ihn hat.",
    ),
    "date": (
        "{what} must be typed as xsd:date, xsd:dateTime, xsd:gYear or xsd:gYearMonth: write it like 2026-01-31.",
        "{what} demande le type xsd:date, xsd:dateTime, xsd:gYear ou xsd:gYearMonth : écrivez comme 2026-01-31.",
        "{what} muss xsd:date, xsd:dateTime, xsd:gYear oder xsd:gYearMonth sein: Schreiben Sie es wie 2026-01-31.",
    ),
    "resource": (
        "{what} must be a catalogue, dataset, series or data service: give the value its type.",
        "{what} demande un catalogue, un jeu de données, une série ou un service : donnez son type à la valeur.",
        "{what} muss Katalog, Datensatz, Reihe oder Datendienst sein: Geben Sie dem Wert seinen Typ.",
    ),
    "vocabulary": (
        "{what} must come from the vocabulary {value}: choose the IRI of a concept there.",
        "{what} demande un concept du vocabulaire {value} : donnez son IRI.",
        "{what} muss aus dem Vokabular {value} stammen: Wählen Sie dort den IRI eines Begriffs.",
    ),
    "some": (
        "{what} needs at least one value from the vocabulary {value}: add one.",
        "{what} demande au moins une valeur du vocabulaire {value} : ajoutez-en une.",
        "{what} braucht mindestens einen Wert aus dem Vokabular {value}: Ergänzen Sie einen.",
    ),
    "value": (
        "{what} must name {value}: add this value.",
        "{what} doit nommer {value} : ajoutez cette valeur.",
        "{what} muss {value} nennen: Ergänzen Sie diesen Wert.",
    ),
    "either": (
        "{what}: state at least one of {value}.",
        "{what} : indiquez au moins un de {value}.",
        "{what}: Geben Sie mindestens eines von {value} an.",
    ),
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a property: `text` is its Turtle, `kind` a key of the messages, `value` what they name."""

    name: str
    kind: str
    text: str
    value: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class ShapesTable:
    """The YAML table: labels in the order of LANGUAGES, vocabularies as [pattern, name], paths in Turtle."""

    classes: Mapping[str, Sequence[str]]
    properties: Mapping[str, Sequence[str]]
    paths: Mapping[str, str]
    vocabularies: Mapping[str, Sequence[str]]
    profiles: Mapping[str, Mapping[str, Mapping[str, Any]]]


def read_table(path: Path) -> ShapesTable:
    """The table as written in dcat-ap.yaml."""
    content = yaml.safe_load(path.read_text("utf-8"))
    profiles = {name: content.pop(name) for name in PROFILES}
    return ShapesTable(profiles=profiles, **content)


def turtle(table: ShapesTable, profile: str) -> str:
    """The shapes of a profile in Turtle."""
    prefixes = PREFIXES | {"shapes": SHAPES}
    lines = ["# Generated from dcat-ap.yaml by python -m st_opendata.shacl.dcat_shapes; do not edit.", ""]
    lines += [f"@prefix {prefix}: <{prefixes[prefix]}> ." for prefix in (*_USED, "shapes")]
    if profile == PROFILES[0]:
        lines += ["", *_shared_shapes()]
    for target, rules in table.profiles[profile].items():
        lines += ["", *_class_shapes(table, profile, target, rules)]
    return "\n".join(lines) + "\n"


def _shared_shapes() -> Iterator[str]:
    datatypes = " ".join(f"[ sh:datatype xsd:{name} ]" for name in ("date", "dateTime", "gYear", "gYearMonth"))
    classes = " ".join(f"[ sh:class dcat:{name} ]" for name in ("Catalog", "Dataset", "DatasetSeries", "DataService"))
    yield f"shapes:Date a sh:NodeShape ;\n    sh:or ( {datatypes} ) ."
    yield f"shapes:Resource a sh:NodeShape ;\n    sh:or ( {classes} ) ."


def _class_shapes(table: ShapesTable, profile: str, target: str, rules: Mapping[str, Any]) -> Iterator[str]:
    start = _local(f"{'hvd-' if profile == PROFILES[1] else ''}{target}")
    bodies: list[tuple[str, str]] = []
    for obligation in ("mandatory", "recommended", "optional"):
        for key, rule in rules.get(obligation, {}).items():
            for constraint in _constraints(table, obligation, rule):
                what = _labels(table, target, key)
                path = table.paths.get(key, key)
                head = f"a sh:PropertyShape ;\n    sh:path {path} ;\n    {constraint.text}"
                name = f"shapes:{start}-{_local(key)}-{constraint.name}"
                bodies.append((name, _body(head, constraint, what)))
    properties = "".join(f" ;\n    sh:property {name}" for name, _ in bodies)
    if properties:
        yield f"shapes:{start} a sh:NodeShape ;\n    sh:targetClass {target}{properties} ."
    yield from (f"{name} {body}" for name, body in bodies)
    yield from _alternatives(table, start, target, rules)


def _alternatives(table: ShapesTable, start: str, target: str, rules: Mapping[str, Any]) -> Iterator[str]:
    """Constraints on several properties or values at once, each in its own node shape."""
    whole = tuple(f"{label}" for label in table.classes[target])
    for word, warning in (("either", True), ("one of", False)):
        if names := rules.get(word):
            choices = " ".join(f"[ sh:path {name} ; sh:minCount 1 ]" for name in names)
            constraint = Constraint("either", "either", f"sh:or ( {choices} )", ", ".join(names), warning)
            head = f"a sh:NodeShape ;\n    sh:targetClass {target} ;\n    {constraint.text}"
            yield f"shapes:{start}-either {_body(head, constraint, whole)}"
    for key, rule in (rules.get("mandatory", {}) | rules.get("recommended", {})).items():
        for word in (word for word in rule.split() if word.startswith("+")):
            pattern, name = table.vocabularies[word[1:]]
            some = f"sh:qualifiedValueShape [ sh:pattern {literal_text(pattern)} ] ; sh:qualifiedMinCount 1"
            choices = f"[ sh:path {key} ; sh:maxCount 0 ] [ sh:path {key} ; {some} ]"
            constraint = Constraint("some", "some", f"sh:or ( {choices} )", name, warning=True)
            head = f"a sh:NodeShape ;\n    sh:targetClass {target} ;\n    {constraint.text}"
            yield f"shapes:{start}-{_local(key)}-some {_body(head, constraint, _labels(table, target, key))}"


def _constraints(table: ShapesTable, obligation: str, rule: str) -> Iterator[Constraint]:
    words = rule.split()
    warn = "warn" in words
    if obligation == "mandatory":
        yield Constraint("min", "min", "sh:minCount 1", warning=warn)
    elif obligation == "recommended":
        yield Constraint("min", "recommended", "sh:minCount 1", warning=True)
    for word in words:
        if word in _KINDS:
            yield Constraint("kind", word, f"sh:nodeKind {_KINDS[word]}", warning=warn)
        elif word in _NODES:
            yield Constraint(word, word, f"sh:node {_NODES[word]}")
        elif word == "max1":
            yield Constraint("max", "max", "sh:maxCount 1")
        elif word.startswith("xsd:"):
            yield Constraint("datatype", "datatype", f"sh:datatype {word}", word)
        elif word[0] in "@?" and word[1] != "=":
            pattern, name = table.vocabularies[word[1:]]
            yield Constraint("vocabulary", "vocabulary", f"sh:pattern {literal_text(pattern)}", name, word[0] == "?")
        elif word.lstrip("?").startswith("="):
            iri = f"<{word.lstrip('?=')}>"
            yield Constraint("value", "value", f"sh:hasValue {iri}", iri, word[0] == "?")
        elif ":" in word:
            yield Constraint("class", "class", f"sh:class {word}", word, warn)


def _labels(table: ShapesTable, target: str, key: str) -> tuple[str, ...]:
    """The subject of a message, in each language: `Dataset: title (dct:title)`."""
    name = "" if key in table.paths else f" ({key})"
    pairs = zip(LANGUAGES, table.classes[target], table.properties[key], strict=True)
    return tuple(f"{of}{' :' if language == 'fr' else ':'} {label}{name}" for language, of, label in pairs)


def _body(head: str, constraint: Constraint, what: Sequence[str]) -> str:
    lines = [head] + (["    sh:severity sh:Warning"] if constraint.warning else [])
    for language, template, label in zip(LANGUAGES, _MESSAGES[constraint.kind], what, strict=True):
        text = template.format(what=label, value=constraint.value)
        lines.append(f"    sh:message {literal_text(text)}@{language}")
    return " ;\n".join(lines) + " ."


def _local(name: str) -> str:
    return name.removeprefix("^").replace(":", "_")


def main() -> None:
    """Write both files anew."""
    folder = resource_folder("shapes")
    table = read_table(folder / "dcat-ap.yaml")
    for profile in PROFILES:
        (folder / f"{profile}.ttl").write_text(turtle(table, profile), "utf-8")


if __name__ == "__main__":
    main()
