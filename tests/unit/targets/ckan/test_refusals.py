"""Refusals of a portal, in terms of the release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import RemoteError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.targets.base import Action
from st_opendata.targets.ckan.fields import schema_for
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.plan import DatasetChange, desired_dataset
from st_opendata.targets.ckan.refusals import explain_refusal
from st_opendata.targets.ckan.site import Site

PLUGINS = frozenset({"dcat", "scheming_datasets"})
PORTAL = Site(
    "https://p.example",
    "city",
    "2.12.0",
    PLUGINS,
    schema=schema_for(PLUGINS),
    organization_id="0b5e",
    user="editor",
)
PLACE = Place("https://p.example (package_revise)")


def change(*sent: str) -> DatasetChange:
    """A dataset of two files; those named are sent."""
    resources = tuple(
        Resource(name, {"name": name}, Path(name), size, "", name)
        for name, size in (("cities.csv", 12), ("cities.ttl", 34567))
    )
    desired = desired_dataset(
        Package("places", {"title": "Places"}, resources, "d", "https://x.example/places"), PORTAL, "b"
    )
    return DatasetChange(Action.UPDATE, "places", message("the release changed"), desired, files=sent)


def refused(**details: Any) -> RemoteError:
    return RemoteError(message("refused"), place=PLACE, status=409, details=details)


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"resources": [{}, {"size": ["Invalid integer"]}]}, "size (dcat:byteSize) of cities.ttl: Invalid integer"),
        ({"issued": ["Date format incorrect"]}, "issued (dct:issued) of the dataset: Date format incorrect"),
        ({"contact": [{"email": ["Not an e-mail"]}]}, "contact (dcat:contactPoint) of the dataset: 1 email: Not an"),
        ({"reviewed": ["Missing value"]}, "reviewed of the dataset: Missing value"),
        ({"resources": ["What?"]}, "the portal refused"),
        ({"resources": [{}, {}, {"size": ["More than we sent"]}]}, "resources of the dataset: 3 size: More than we"),
    ],
)
def test_a_refusal_names_file_field_and_property(details: dict[str, Any], says: str) -> None:
    error = explain_refusal(refused(**details), change(), PORTAL)
    assert says in error.message_text()
    assert "publish again" in error.remedy_text()
    assert (error.place, error.status, error.details) == (PLACE, 409, details)


@pytest.mark.parametrize(
    "error", [refused(upload=["File upload too large"]), RemoteError(message("x"), place=PLACE, status=413)]
)
def test_the_largest_of_the_files_was_too_large(error: RemoteError) -> None:
    told = explain_refusal(error, change("cities.csv", "cities.ttl"), PORTAL)
    assert told.message_text() == "the portal does not accept files as large as cities.ttl (34,567 bytes)"
    assert "--max-upload" in told.remedy_text()
    assert "cities.csv (12 bytes)" in explain_refusal(error, change("cities.csv"), PORTAL).message_text()


@pytest.mark.parametrize(
    "error", [refused(match=["metadata_modified"]), RemoteError(message("x"), status=500), refused()]
)
def test_other_errors_stay_as_they_are(error: RemoteError) -> None:
    assert explain_refusal(error, change("cities.csv"), PORTAL) is error


def test_files_that_another_dataset_has_are_looked_for_in_the_next_run() -> None:
    error = explain_refusal(refused(resources=[{"id": ["Resource id already exists."]}]), change("cities.csv"), PORTAL)
    assert 'files of the dataset "places" are on the portal already' in error.message_text()
    assert "Run the command again: it then looks for the dataset under another name." in error.remedy_text()


def test_several_faults_are_told_in_each_language_with_the_words_of_the_portal() -> None:
    faults = {"issued": ["Missing value"], "resources": [{"name": ["the dataset"]}]}
    error = explain_refusal(refused(**faults), change(), PORTAL)
    assert error.message_text("fr").replace("\N{NO-BREAK SPACE}", " ") == (
        "le portail a refusé issued (dct:issued) du jeu de données : Missing value ; "
        "name (dct:title) de cities.csv : the dataset"
    )
    assert error.message_text("de") == (
        "das Portal hat abgelehnt: issued (dct:issued) des Datensatzes: Missing value; "
        "name (dct:title) von cities.csv: the dataset"
    )
    assert error.remedy_text("de").endswith("und veröffentlichen Sie sie erneut.")
