"""The licence of a dataset in a portal's list of licences, or what is written instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from st_opendata.targets.ckan.licences import DEFAULT_LICENCES, Licence, choose_licence, parse_licences
from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.site import Site
from st_opendata.vocabularies import codes
from st_opendata.vocabularies.licences import ckan_ids, licence_name, licence_of_id

TABLE = "http://publications.europa.eu/resource/authority/licence/"
GERMAN = (
    Licence("http://dcat-ap.de/def/licenses/dl-by-de/2.0", "Datenlizenz", "https://www.govdata.de/dl-de/by-2-0"),
    Licence("CC-BY-4.0", "Namensnennung 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    Licence("cc-by", "Namensnennung", ""),
)


@pytest.mark.parametrize(
    ("iri", "listed", "expected"),
    [
        (f"{TABLE}DLDE_BY_2_0", GERMAN, GERMAN[0].id),
        ("https://www.govdata.de/dl-de/by-2-0", GERMAN, GERMAN[0].id),
        (f"{TABLE}CC_BY_4_0", GERMAN, "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by/4.0/deed.de", GERMAN, "CC-BY-4.0"),
        (f"{TABLE}CC_BY_3_0", GERMAN, "cc-by"),
        (f"{TABLE}CC_BY_4_0", DEFAULT_LICENCES, "cc-by"),
        (f"{TABLE}CC0", DEFAULT_LICENCES, "cc-zero"),
        (f"{TABLE}ODC_BL", DEFAULT_LICENCES, "odc-odbl"),
        (f"{TABLE}OGL_3_0", DEFAULT_LICENCES, "uk-ogl"),
        (f"{TABLE}ETALAB_2_0", (Licence("lov2"),), "lov2"),
        (f"{TABLE}DLDE_ZERO_2_0", (Licence("dl-de-zero-2.0"),), "dl-de-zero-2.0"),
        ("https://town.example/terms", (Licence("town", "Terms", "http://www.town.example/terms/"),), "town"),
        (f"{TABLE}NLOD_2_0", (Licence("n", "Norwegian licence for open government data (NLOD) 2.0"),), "n"),
        (f"{TABLE}DLDE_BY_2_0", DEFAULT_LICENCES, None),
        (f"{TABLE}CC_BYSA_4_0", GERMAN, None),
        (f"{TABLE}CC_BYNC_4_0", GERMAN, None),
    ],
)
def test_a_licence_is_found_by_address_id_or_title(iri: str, listed: tuple[Licence, ...], expected: str | None) -> None:
    found = choose_licence(iri, (), listed)
    assert (found.id if found else None) == expected


def test_every_licence_that_the_table_names_is_of_the_eu_table_or_an_address() -> None:
    for code in codes("licence"):
        assert licence_name(f"{TABLE}{code}") == code
        for known in ckan_ids(code):
            name = licence_of_id(known)
            assert name is None or name.startswith("http")
    assert licence_of_id("cc-zero") == f"{TABLE}CC0"
    assert licence_of_id("cc-by") is None


def test_entries_that_name_no_licence_are_left_out() -> None:
    answer = [{"id": "old", "status": "deleted"}, {"id": "notspecified"}, {"id": "x", "title": None, "url": "u"}, 7]
    assert parse_licences(answer) == (Licence("x", "", "u"), Licence("old"))
    assert parse_licences(None) == ()


def test_without_an_entry_the_address_is_written_and_the_plan_says_so(release: Path) -> None:
    site = replace(Site("https://portal.example", "office"), licences=(Licence("odc-by"),))
    package = packages(release, site)[0]
    assert package.metadata["license_id"] == "https://creativecommons.org/licenses/by/4.0/"
    [notice] = [each for each in package.notices if each.field == "license_id"]
    assert "its address is written, https://creativecommons.org/licenses/by/4.0/" in str(notice.text)
