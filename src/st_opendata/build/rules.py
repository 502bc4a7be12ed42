"""The rules of profiles beyond SHACL: fields of the description, codes of lists; and a note on missing profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from st_opendata.build.code_lists import unknown_codes
from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles
from st_opendata.facts import FactBase
from st_opendata.messages.codes import finding
from st_opendata.model.descriptions import Catalogue, Dataset
from st_opendata.model.findings import Finding
from st_opendata.model.profiles import ApplicationProfile
from st_opendata.place import Place
from st_opendata.shacl import target_terms


def profile_findings(facts: FactBase, profiles: Sequence[ApplicationProfile]) -> Iterator[Finding]:
    """Fields that a profile requires and a dataset lacks, codes that no list has, and a note where none is chosen."""
    yield from _missing_fields(facts.catalogue, profiles)
    for profile in profiles:
        yield from unknown_codes(facts, profile.lists)
    if facts.catalogue.profiles is None and (left := _meeting(facts)):
        yield finding("profiles-unsaid", (Place("catalogue.yaml"),), profiles=", ".join(left))


def _missing_fields(catalogue: Catalogue, profiles: Sequence[ApplicationProfile]) -> Iterator[Finding]:
    names = {str(each.alias): name for name, each in Dataset.model_fields.items()}
    for dataset in catalogue.datasets:
        place = (Place(f"{dataset.id}/dataset.yaml"),)
        for profile in profiles:
            for key in profile.required:
                if not getattr(dataset, names[key]):
                    yield finding("profile-field", place, dataset=dataset.id, profile=profile.name, key=key)


def _meeting(facts: FactBase) -> list[str]:
    """The packaged profiles with shapes for these facts: older versions applied them without `profiles`."""
    met = facts.predicates() | facts.classes()
    shapes = {name: packaged_profile(name).shapes.values() for name in packaged_profiles()}
    return [name for name, paths in shapes.items() if not met.isdisjoint(target_terms(paths))]
