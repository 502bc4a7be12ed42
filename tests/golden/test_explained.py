"""What `explain` tells of the real catalogue: bounds, inferences, terms, and only the claims of the thing asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.release.explain import Claim, explain


@pytest.fixture(scope="module")
def release(smarter_release: Path) -> Path:
    return smarter_release


def by_name(claims: tuple[Claim, ...]) -> dict[str, Claim]:
    return {claim.iri.rpartition("/")[2]: claim for claim in claims}


def test_a_bound_is_no_exact_number(release: Path) -> None:
    later = by_name(explain(release, "strand/vienna", "fr").claims)["vienna-budget-later"]
    assert (later.stated_as, later.precision) == (">80 M", "au moins")


def test_an_inferred_claim_tells_how_and_from_what(release: Path) -> None:
    claims = by_name(explain(release, "project/smarter-together", "en").claims)
    (inference,) = claims["end-cordis"].inferences
    assert inference.description.startswith("CORDIS gives 2021-07-31 as the end of reporting period 4")
    assert [source.term.rpartition("/")[2] for source in inference.sources] == ["cordis-reporting>", "grandlyon-page>"]
    assert claims["end-eufa"].inferences == ()


def test_a_role_does_not_list_the_claims_about_its_project(release: Path) -> None:
    found = explain(release, "role/algoe", "en")
    assert found.claims == ()
    assert [inference.description[:21] for inference in found.inferences] == ["Sixteen organisations"]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("thing", "claim"),
    [
        ("project/smarter-together", "refurbished-cordis"),  # a figure of it
        ("grant/691876", "metropole-share-page"),  # the amount of one of its payments
        ("site/lyon-confluence", "coordinator-address-2021"),
    ],
)
def test_claims_about_values_of_a_thing_are_its_claims(thing: str, claim: str, release: Path) -> None:
    assert claim in by_name(explain(release, thing, "en").claims)


def test_a_term_and_a_concept_are_explained_by_their_definition(release: Path) -> None:
    assert {cell.file for s in explain(release, "st:City", "en").statements for cell in s.cells} == {
        "ontology/st-opendata.ttl"
    }
    lead = explain(release, "scheme:city-role/lead", "en").statements
    assert {cell.file for s in lead for cell in s.cells} == {"codes/codes.csv", "ontology/schemes.ttl"}
