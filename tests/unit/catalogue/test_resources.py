"""`files:` and `links:` of dataset.yaml: what is read, and every problem at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from plans import PDF, write_plans

from st_opendata.catalogue import read_catalogue
from st_opendata.dcat.resources import terms_of
from st_opendata.errors import ConfigurationError
from st_opendata.formats import CSV
from st_opendata.model.descriptions import Dataset
from st_opendata.model.licences import OwnLicence
from st_opendata.model.release import Distribution, File
from st_opendata.release.layout import carried_file

HEAD = "title: {en: Plans}\ndescription: {en: Plans.}\n"


def read(folder: Path, description: str) -> Dataset:
    (folder / "plans" / "dataset.yaml").write_text(HEAD + description, "utf-8")
    return read_catalogue(folder).datasets[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plans(tmp_path / "catalogue")


def test_all_keys_are_read(folder: Path) -> None:
    dataset = read_catalogue(folder).datasets[0]
    report, link, service = dataset.files[0], dataset.links[2], dataset.links[0]
    assert (report.name, report.language, report.license) == ("report.pdf", ("de",), "CC0")
    assert report.conforms_to[0].label == {"en": "PDF 1.7"}
    assert (link.format and link.format.name, link.size, link.sha256 and link.sha256[:4]) == ("csv", 1234, "0123")
    assert service.protocol is not None
    assert (service.protocol.file_type, str(service.endpoint_description)[-15:]) == ("WMS_SRVC", "GetCapabilities")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("http://dcat-ap.de/def/licenses/cc-zero", "CC0"),
        ("https://town.example/l", OwnLicence(iri="https://town.example/l")),
        (
            "{iri: 'https://town.example/l', label: {en: Ours}}",
            OwnLicence(iri="https://town.example/l", label={"en": "Ours"}),
        ),
    ],
)
def test_a_licence_is_stated_as_that_of_a_dataset(folder: Path, stated: str, expected: object) -> None:
    dataset = read(folder, f"license: CC_BY_4_0\nfiles: [{{path: report.pdf, license: {stated}}}]\n")
    (file,) = dataset.files
    assert file.license == expected
    carried = File(carried_file("plans", "report.pdf"), 1, "0" * 64)
    assert terms_of(dataset, Distribution(carried, CSV, {}, "plans", carried=True)).license == expected


def test_markdown_is_plain_text(folder: Path) -> None:
    described = "description: {en: All *roads*}"
    dataset = read(
        folder,
        f"markup: markdown\nfiles: [{{path: report.pdf, {described}}}]\n"
        f"links: [{{url: 'https://a.example/', {described}}}]\n",
    )
    assert [each.description for each in (*dataset.files, *dataset.links)] == [{"en": "All roads"}] * 2


@pytest.mark.parametrize("description", ["", "tables: []\n", "tables: []\nfiles: []\nlinks: []\n"])
def test_a_dataset_without_anything_is_refused(folder: Path, description: str) -> None:
    with pytest.raises(ConfigurationError, match="no tables, files or links"):
        read(folder, description)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{path: ../catalogue.yaml}", "leaves the catalogue"),
        ("{path: /etc/passwd}", "leaves the catalogue"),
        ("{path: 'file:///etc/passwd'}", "leaves the catalogue"),
        ("{path: docs/../../x.pdf}", "leaves the catalogue"),
        ("{path: out.pdf}", "link that leaves"),
        ("{path: .hidden.pdf}", "begins with a dot"),
        ("{path: docs//a.pdf}", "part that is empty"),
        (r"{path: docs\a.pdf}", "no file name should have"),
        ('{path: "a\\tb.pdf"}', "no file name should have"),
        (f"{{path: {'é' * 130}.pdf}}", "longer than 255 bytes"),
        ("{path: report.pdf, format: PFD}", "is not a code of the EU file-type table"),
        ("{path: report.pdf, license: CC_BY_9}", '"CC_BY_9" is not a code of the EU licence table'),
        ("{path: report.pdf, license: {iri: town}}", '"license", "iri": not an absolute http'),
        ("{path: report.pdf, license: [CC0]}", '"license" must have keys'),
        ("{path: report.pdf, language: [tlh]}", "languages"),
        ("{path: report.pdf, titel: {en: x}}", "title"),
        ("{title: {en: x}}", '"path" is missing'),
        ("report.pdf", "must have keys"),
    ],
)
def test_a_wrong_file_is_refused_at_its_line(folder: Path, entry: str, problem: str) -> None:
    (folder / "plans" / "out.pdf").symlink_to(folder / "catalogue.yaml")
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read(folder, f"files:\n  - {entry}\n")
    assert caught.value.place is not None
    assert (caught.value.place.file, caught.value.place.line) == ("plans/dataset.yaml", 4)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{url: www.fennwick.example}", "not an absolute http"),
        ("{url: 'ftp://fennwick.example/'}", "not an absolute http"),
        ("{url: 'https:///x'}", "not an absolute http"),
        ("{url: 'https://fennwick.example/a b'}", "not an absolute http"),
        ("{url: 'https://a.example/', service: WMSS}", "WMS"),
        ("{url: 'https://a.example/', endpointDescription: 'https://a.example/x'}", "service: WFS"),
        ("{url: 'https://a.example/', sha256: abc}", "64 hexadecimal digits"),
        ("{url: 'https://a.example/', size: -1}", "whole number of bytes"),
        ("{url: 'https://a.example/', path: a.pdf}", "unknown"),
    ],
)
def test_a_wrong_link_is_refused_at_its_line(folder: Path, entry: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read(folder, f"links:\n  - {entry}\n")
    assert caught.value.place is not None
    assert caught.value.place.line == 4


def test_two_files_whose_names_only_differ_in_capitals_or_accents_written_otherwise_are_refused(folder: Path) -> None:
    for one, other in (("a.pdf", "A.PDF"), ("\u00e9.pdf", "e\u0301.pdf"), ("a.pdf", "a.pdf")):
        with pytest.raises(ConfigurationError, match="list each file once"):
            read(folder, f"files:\n  - {{path: {one}}}\n  - {{path: {other}}}\n")
    with pytest.raises(ConfigurationError, match="second time"):
        read(folder, "links: [{url: 'https://a.example/'}, {url: 'https://a.example/'}]\n")


def test_a_name_is_found_in_either_form_of_its_accents(folder: Path) -> None:
    (folder / "plans" / "e\u0301.pdf").write_bytes(PDF)
    file = read(folder, "files: [{path: '\u00e9.pdf'}]\n").files[0]
    assert (file.name, file.path.name) == ("\u00e9.pdf", "e\u0301.pdf")
