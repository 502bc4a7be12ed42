"""Rules belong to their catalogue: without profiles none binds, and a release carries only what it uses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CATALOGUE = """\
id: soria
base: https://datos.soria.example/
{profiles}title: {{es: Soria}}
description: {{es: Datos de Soria.}}
publisher: {{iri: "https://soria.example/", name: {{es: Ayuntamiento}}, type: LocalAuthority}}
license: CC_BY_4_0
language: [es]
theme: [GOVE]
issued: 2026-01-05
datasets: [codes]
"""
DATASET = """\
title: {es: Usos}
description: {es: Usos del suelo.}
tables:
  - url: usos.csv
    tableSchema:
      aboutUrl: uso/{code}
      primaryKey: code
      columns:
        - {name: code, required: true, propertyUrl: "skos:notation"}
        - {name: label, lang: es, propertyUrl: "skos:prefLabel"}
        - {name: size, propertyUrl: "dct:type", valueUrl: "scheme/size/{size}"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "skos:Concept"}
"""


@pytest.fixture
def write(tmp_path: Path):
    def make(profiles: str = "", rows: str = "a,Alfa,big\nb,Beta,small\n", rules: dict[str, str] | None = None) -> Path:
        folder = tmp_path / "soria"
        (folder / "codes").mkdir(parents=True)
        (folder / "catalogue.yaml").write_text(CATALOGUE.format(profiles=profiles), "utf-8")
        (folder / "codes/dataset.yaml").write_text(DATASET, "utf-8")
        (folder / "codes/usos.csv").write_text("code,label,size\n" + rows, "utf-8")
        for name, text in (rules or {}).items():
            (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "rules" / name).write_text(text, "utf-8")
        return folder

    return make


def files(release: Path) -> set[str]:
    found = (path for kind in ("shapes", "ontology") for path in (release / kind).rglob("*.*"))
    return {path.relative_to(release).as_posix() for path in found}


def test_without_a_word_no_profile_binds_and_that_is_said_once(write, run: Run) -> None:
    ran = run("check", write())
    assert ran.code == 0
    assert ran.out.count("[profiles-unsaid]") == 1
    assert "Write `profiles: [code-lists]` in catalogue.yaml to apply them, or `profiles: []`" in ran.out


def test_an_empty_list_says_that_none_is_wanted(write, run: Run) -> None:
    ran = run("check", write("profiles: []\n"))
    assert (ran.code, ran.out) == (0, "No findings.\n")


def test_a_profile_asks_for_labels_in_the_languages_of_the_catalogue(write, run: Run) -> None:
    rows = "a,Alfa,big\nb,,small\n"
    ran = run("check", write("profiles: [code-lists]\n", rows), "--json")
    assert ran.code == 1
    assert '"en": "Give the label once in Spanish."' in ran.out
    assert '"en": "Name the code list of the code."' in ran.out


def test_a_folder_brings_code_lists_and_required_fields(write, run: Run) -> None:
    rules = {"lists/size.csv": "code,label\nbig,Grande\nsmall,Menor\n", "profile.yaml": "required: [keyword]\n"}
    ran = run("check", write("profiles: [./rules]\n", "a,Alfa,big\nb,Beta,smal\n", rules))
    assert ran.code == 1
    assert 'row 3, column "size"  violation  [code-unknown]' in ran.out
    assert "“smal” is not a code of the list size (1 cell). Did you mean “small”?" in ran.out
    assert "The profile rules asks for `keyword`" in ran.out


def test_a_release_carries_the_rules_and_terms_that_it_uses(write, run: Run, tmp_path: Path) -> None:
    folder = write("profiles: []\n")
    text = (folder / "catalogue.yaml").read_text("utf-8").replace("{es: ", "{en: Soria, es: ")
    (folder / "catalogue.yaml").write_text(text, "utf-8")
    assert run("build", folder, "--output", tmp_path / "release").code == 0
    assert files(tmp_path / "release") == {"shapes/dcat-ap.ttl", "shapes/vocabularies/skos.ttl"}
    rules = {"lists/size.csv": "code,label_es\nbig,Grande\nsmall,Menor\n"}
    shutil.rmtree(folder)
    folder = write("profiles: [./rules, code-lists]\n", rules=rules)
    (folder / "catalogue.yaml").write_text(text.replace("profiles: []", "profiles: [./rules]"), "utf-8")
    assert run("build", folder, "--output", tmp_path / "release").code == 0
    assert files(tmp_path / "release") == {
        "shapes/dcat-ap.ttl", "shapes/vocabularies/skos.ttl", "ontology/rules/size.ttl",
    }  # fmt: skip
    codes = (tmp_path / "release/ontology/rules/size.ttl").read_text("utf-8")
    assert "<https://datos.soria.example/scheme/size/big> a skos:Concept" in codes
    assert 'skos:prefLabel "Grande"@es' in codes
    labels = "SELECT ?l { ?c skos:notation ?code ; dct:type/skos:prefLabel ?l } ORDER BY ?l"
    asked = run("query", tmp_path / "release", labels, "--format", "csv")
    assert asked.out.split() == ["l", "Grande", "Menor"]


def test_what_skos_itself_demands_holds_for_everybody(write, run: Run) -> None:
    folder = write("profiles: []\n")
    text = DATASET.replace(
        '{name: label, lang: es, propertyUrl: "skos:prefLabel"}',
        '{name: label, lang: es, propertyUrl: "skos:prefLabel", separator: "|"}',
    )
    (folder / "codes/dataset.yaml").write_text(text, "utf-8")
    (folder / "codes/usos.csv").write_text("code,label,size\na,Alfa|Alfo,big\n", "utf-8")
    ran = run("check", folder)
    assert ran.code == 1
    assert "Give one preferred label in each language" in ran.out


def test_init_proposes_a_profile_and_leaves_the_choice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kinds.csv").write_text("code,label\na,Alpha\nb,Beta\n", "utf-8")
    (tmp_path / "trees.csv").write_text("tree,street\n1,Elm Street\n2,Oak Street\n", "utf-8")
    ran = run("init", tmp_path / "drafted", "--from", tmp_path / "trees.csv", tmp_path / "kinds.csv")
    assert "Perhaps the profile code-lists fits: kinds has the columns code, label." in ran.err
    text = (tmp_path / "drafted/catalogue.yaml").read_text("utf-8")
    assert "# The profile code-lists fits: the table “kinds” has the columns “code”, “label”.\nprofiles: []\n" in text
    plain = run("init", tmp_path / "plain", "--from", tmp_path / "trees.csv")
    assert "Perhaps" not in plain.err
