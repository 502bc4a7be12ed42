from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, SKOS

from st_opendata.errors import MessageError
from st_opendata.formats import FORMATS
from st_opendata.namespaces import AUTHORITY
from st_opendata.vocabularies import (
    alignment,
    codes,
    concept_iri,
    label,
    language_tag,
    licence_page,
    licence_type,
    read_table,
    require_code,
    require_language,
    scheme_iri,
    scheme_title,
)

TRANSLATED = ("access-right", "data-theme", "distribution-status", "frequency", "language", "licence-type",
              "planned-availability", "publisher-type")  # fmt: skip


@pytest.mark.parametrize("table", read_table("tables"))
def test_every_code_has_an_english_label_and_every_table_a_title(table: str) -> None:
    assert all(label(table, code)["en"] for code in codes(table))
    assert set(scheme_title(table)) == {"en", "fr", "de"}


@pytest.mark.parametrize("table", TRANSLATED)
def test_what_publishers_meet_is_in_three_languages(table: str) -> None:
    assert all(set(label(table, code)) == {"en", "fr", "de"} for code in codes(table))


@pytest.mark.parametrize("table", ["data-theme", "frequency", "licence", "hvd-category", "file-type"])
def test_codes_and_schemes_are_those_of_the_publications_office(shared: Path, table: str) -> None:
    graph = Graph().parse(shared / "vocabularies" / f"{table}.ttl")
    placeholder = f"{AUTHORITY}{table}/OP_DATPRO"
    labelled = {str(concept) for concept in graph.subjects(SKOS.prefLabel)} - {placeholder, scheme_iri(table)}
    ours = {concept_iri(table, code) for code in codes(table)}
    assert ours == labelled or table == "file-type"  # whose snapshot has no labels
    for concept, scheme in graph.subject_objects(SKOS.inScheme):
        assert str(scheme) == scheme_iri(table), concept


def test_unknown_codes_name_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean CC_BY_4_0"):
        require_code("licence", "CC-BY-4.0")
    with pytest.raises(ValueError, match="not one of the languages"):
        require_language("tlh")
    assert require_language("de-AT") == "DEU"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("machineReadable", "edp-machine-readable-format.rdf"),
        ("nonProprietary", "edp-non-proprietary-format.rdf"),
    ],
)
def test_format_lists_are_those_of_the_portal(shared: Path, name: str, file: str) -> None:
    graph = Graph().parse(shared / "vocabularies" / "mqa" / file)
    assert {f"{AUTHORITY}file-type/{code}" for code in read_table("mqa")[name]} == {
        str(node) for node in graph.subjects()
    }


def test_licences_are_those_of_the_portal(shared: Path) -> None:
    graph = Graph().parse(shared / "vocabularies" / "mqa" / "edp-licences-skos.rdf")
    aligned = [str(value) for predicate in (SKOS.exactMatch, OWL.sameAs) for value in graph.objects(None, predicate)]
    assert [address for address in aligned if not alignment.licence(address)] == []
    own = "http://europeandataportal.eu/ontologies/od-licenses#CC-BY3.0NL"
    assert (URIRef(own), None, None) in graph
    assert alignment.licence(own) == "CC_BY_3_0_NL"
    for code in read_table("licences"):
        assert code in codes("licence")
        assert licence_page(code)
        assert licence_type(code) in codes("licence-type")


def test_our_formats_are_aligned() -> None:
    for form in FORMATS:
        assert alignment.media_type(form.media_type_iri) == form.media_type
        if form.iri:
            assert alignment.file_type(form.iri) == form.file_type
            assert alignment.file_type(form.media_type) == form.file_type
    assert all(code in codes("file-type") for code in read_table("mqa")["mediaTypes"].values())


@pytest.mark.parametrize(
    ("value", "code"),
    [("csv", "CSV"), (".XLSX", "XLSX"), ("JSON-LD", "JSON_LD"), ("turtle", "RDF_TURTLE"), ("N-Quads", "RDF_N_QUADS"),
     ("https://example.org/csv", None), ("a spreadsheet", None), ("", None)],
)  # fmt: skip
def test_names_of_formats(value: str, code: str | None) -> None:
    assert alignment.file_type(value) == code


@pytest.mark.parametrize(
    ("value", "name"),
    [("http://www.iana.org/assignments/media-types/text/csv", "text/csv"), ("Text/CSV", "text/csv"), ("csv", None),
     ("https://www.iana.org/assignments/media-types/csv", None), ("https://example.org/text/csv", None)],
)  # fmt: skip
def test_names_of_media_types(value: str, name: str | None) -> None:
    assert alignment.media_type(value) == name


def test_access_rights_need_the_iri_and_licences_do_not() -> None:
    assert alignment.access_right(f"{AUTHORITY}access-right/PUBLIC") == "PUBLIC"
    assert alignment.access_right("PUBLIC") is None
    assert alignment.licence("CC_BY_4_0") == "CC_BY_4_0"
    assert alignment.licence("all rights reserved") is None


EU = ("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
      "pt", "ro", "sk", "sl", "sv")  # fmt: skip
OTHERS = ("no", "nb", "nn", "ca", "eu", "gl", "sr", "uk", "is", "tr", "lb", "mk", "sq", "bs", "cy", "pt-PT", "mul")


@pytest.mark.parametrize("tag", [*EU, *OTHERS])
def test_every_language_of_europe_has_its_code_and_name(tag: str) -> None:
    code = require_language(tag)
    assert set(label("language", code)) == {"en", "fr", "de"}
    assert language_tag(code) == tag.partition("-")[0]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '"CC-BY-4.0" is not a code of the EU licence table; did you mean CC_BY_4_0'),
        ("fr", "« CC-BY-4.0 » n’est pas un code de la table licence de l’UE ; vouliez-vous dire CC_BY_4_0"),
        ("de", "„CC-BY-4.0“ ist kein Code der EU-Tabelle licence; meinten Sie CC_BY_4_0"),
    ],
)
def test_an_unknown_code_is_refused_in_each_language(language: str, text: str) -> None:
    with pytest.raises(MessageError) as caught:
        require_code("licence", "CC-BY-4.0")
    assert caught.value.message[language].replace("\N{NO-BREAK SPACE}", " ").startswith(text)
