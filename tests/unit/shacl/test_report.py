from __future__ import annotations

import json

import pytest
from rdflib import RDF, BNode, Graph

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding, Severity
from st_opendata.place import Place
from st_opendata.shacl import report_json, report_text, report_turtle
from st_opendata.shacl.terms import SH

FINDINGS = [
    finding("rdf-iri", (), value="<e:a b>"),
    Finding(
        code="shacl-min-count",
        severity=Severity.VIOLATION,
        message={"en": 'A "name" is missing.', "fr": "Un nom manque.", "de": "Ein Name fehlt."},
        remedy={"en": "Write it.", "fr": "Écrivez-le.", "de": "Schreiben Sie ihn."},
        places=(Place("cities/cities.csv", row=10, column="Nom"), Place("cities/cities.csv", row=12, column="Nom")),
        focus="<https://example.org/ulm>",
        path="<http://www.w3.org/2000/01/rdf-schema#label>",
        shape="<https://example.org/CityShape>",
        component="<http://www.w3.org/ns/shacl#MinCountConstraintComponent>",
    ),
    Finding(
        code="shacl-in",
        severity=Severity.WARNING,
        message={"en": "Wrong role."},
        places=(Place("cities/cities.csv", row=9),),
        focus="_:b1",
        path="^<https://example.org/p>",
        value='"a"@fr',
        shape="<https://example.org/CityShape>",
        component="<http://www.w3.org/ns/shacl#InConstraintComponent>",
    ),
    Finding(
        code="shacl-import", severity=Severity.INFO, message={"en": "Not followed."}, places=(Place("s.ttl", line=4),)
    ),
]

TEXTS = {
    "en": """cities/cities.csv
  row 9  warning  [shacl-in]
    Wrong role.
    "a"@fr
  row 10, column "Nom"  violation  [shacl-min-count]
    A "name" is missing.
    <https://example.org/ulm>
    → Write it.
    also: row 12, column "Nom"

s.ttl
  line 4  note  [shacl-import]
    Not followed.

Without a place
  violation  [rdf-iri]
    <e:a b> is not a valid IRI.
    → Write the full address (https://…), with %20 for a space, %5B for [ and %5D for ].

2 violations, 1 warning, 1 note
""",
    "fr": """cities/cities.csv
  ligne 9  avertissement  [shacl-in]
    Wrong role.
    "a"@fr
  ligne 10, colonne «~Nom~»  violation  [shacl-min-count]
    Un nom manque.
    <https://example.org/ulm>
    → Écrivez-le.
    aussi~: ligne 12, colonne «~Nom~»

s.ttl
  ligne 4  remarque  [shacl-import]
    Not followed.

Sans emplacement
  violation  [rdf-iri]
    <e:a b> n’est pas un IRI valide.
    → Écrivez l’adresse complète (https://…), avec %20 pour une espace, %5B pour [ et %5D pour ].

2 violations, 1 avertissement, 1 remarque
""",
    "de": """cities/cities.csv
  Zeile 9  Warnung  [shacl-in]
    Wrong role.
    "a"@fr
  Zeile 10, Spalte „Nom“  Verstoß  [shacl-min-count]
    Ein Name fehlt.
    <https://example.org/ulm>
    → Schreiben Sie ihn.
    auch: Zeile 12, Spalte „Nom“

s.ttl
  Zeile 4  Hinweis  [shacl-import]
    Not followed.

Ohne Fundstelle
  Verstoß  [rdf-iri]
    <e:a b> ist keine gültige IRI.
    → Schreiben Sie die vollständige Adresse (https://…), mit %20 für ein Leerzeichen, %5B für [ und %5D für ].

2 Verstöße, 1 Warnung, 1 Hinweis
""",
}


@pytest.mark.parametrize("language", TEXTS)
def test_text_is_grouped_by_file(language: str) -> None:
    assert report_text(reversed(FINDINGS), language) == TEXTS[language].replace("~", "\N{NO-BREAK SPACE}")


def test_nothing_to_report() -> None:
    assert report_text([]) == "No findings.\n"
    assert report_text([], "de") == "Keine Befunde.\n"
    assert json.loads(report_json([])) == {
        "conforms": True,
        "counts": {"violation": 0, "warning": 0, "info": 0},
        "findings": [],
    }
    assert "sh:conforms true ." in report_turtle([])


def test_json_has_every_key() -> None:
    content = json.loads(report_json(FINDINGS))
    assert content["conforms"] is False
    assert content["counts"] == {"violation": 2, "warning": 1, "info": 1}
    keys = [
        *("code", "severity", "message", "remedy", "places", "dataset"),
        *("focus", "path", "value", "shape", "component", "unlisted"),
    ]
    assert all(list(each) == keys for each in content["findings"])
    assert content["findings"][0]["places"] == [
        {"file": "cities/cities.csv", "row": 9, "column": None, "line": None, "offset": None, "cell": None}
    ]


def test_warnings_alone_conform_for_us_and_not_for_shacl() -> None:
    assert json.loads(report_json(FINDINGS[2:]))["conforms"] is True
    assert "sh:conforms false" in report_turtle(FINDINGS[2:])


def test_turtle_is_a_validation_report_without_blank_nodes() -> None:
    text = report_turtle(FINDINGS, "https://example.org/report")
    graph = Graph().parse(data=text)
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    [report] = graph.subjects(RDF.type, SH.ValidationReport)
    assert str(report) == "https://example.org/report"
    assert len(set(graph.objects(report, SH.result))) == 4
    assert text == report_turtle(list(reversed(FINDINGS)), "https://example.org/report")
    assert (
        """<https://example.org/report#2> a sh:ValidationResult ;
    dct:identifier "shacl-min-count" ;
    sh:resultSeverity sh:Violation ;
    sh:focusNode <https://example.org/ulm> ;
    sh:resultPath <http://www.w3.org/2000/01/rdf-schema#label> ;
    sh:sourceShape <https://example.org/CityShape> ;
    sh:sourceConstraintComponent <http://www.w3.org/ns/shacl#MinCountConstraintComponent> ;
    sh:resultMessage "Ein Name fehlt."@de ;
    sh:resultMessage "A \\"name\\" is missing."@en ;
    sh:resultMessage "Un nom manque."@fr ;
    prov:atLocation <https://example.org/report#2-1> ;
    prov:atLocation <https://example.org/report#2-2> .
<https://example.org/report#2-1> a prov:Location ;
    csvw:url "cities/cities.csv#row=10"^^xsd:anyURI ;
    csvw:title "Nom" ."""
        in text
    )
    assert 'csvw:url "s.ttl#line=3,4"^^xsd:anyURI' in text
    assert 'rdfs:comment "^<https://example.org/p>"' in text
