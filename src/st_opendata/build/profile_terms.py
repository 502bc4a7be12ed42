"""The properties of a profile as terms with labels, and its shapes for the description of a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from st_opendata.catalogue.profiles import folder_profile, packaged_profile, packaged_profiles
from st_opendata.errors import UsageError
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.profiles import ApplicationProfile
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.rdf.lines import literal_text
from st_opendata.resources import resource_folder
from st_opendata.shacl import target_terms
from st_opendata.spelling import hint

_CLASS = "<http://www.w3.org/ns/shacl#ClassConstraintComponent>"
_ELSEWHERE = frozenset(
    f"<{expand(name)}>"
    for name in (
        *("adms:representationTechnique", "adms:status", "dcat:compressFormat", "dcat:hadRole", "dcat:landingPage"),
        *("dcat:mediaType", "dcat:packageFormat", "dcat:theme", "dcat:themeTaxonomy", "dcatap:applicableLegislation"),
        *("dcatap:availability", "dcatap:hvdCategory", "dct:accessRights", "dct:accrualPeriodicity", "dct:conformsTo"),
        *("dct:format", "dct:language", "dct:license", "dct:rights", "dct:spatial", "dct:type", "foaf:homepage"),
        *("foaf:page", "spdx:algorithm"),
    )
)
"""Properties whose values other files describe: vocabularies, registers, pages."""
_BASES = ("dcat-ap", "dcat-ap-hvd")
"""Those that metadata profiles are made from: they have no folder."""


def description_shapes(profile: ApplicationProfile) -> frozenset[str]:
    """The files of its shapes that are about the description: a shape in them targets a term of DCAT.

    A property of the profile is such a term, too. All other files are about the facts.
    """
    own = {f"<{iri}>" for entry in profile.properties.values() for iri in (entry.iri, *entry.also)}
    start = f"<{PREFIXES['dcat']}"
    return frozenset(
        name
        for name, path in profile.shapes.items()
        if any(target in own or target.startswith(start) for target in target_terms([path]))
    )


def catalogue_shapes(names: Iterable[str]) -> list[Path]:
    """The shapes of DCAT-AP and of these profiles for the description of a catalogue: packaged names, or folders.

    Raises:
        UsageError: there is no such profile, or it has no such shapes.
        ConfigurationError, InputError: its files are wrong.
    """
    paths = [resource_folder("shapes") / f"{_BASES[0]}.ttl"]
    for name in names:
        if name in _BASES:
            paths.append(resource_folder("shapes") / f"{name}.ttl")
            continue
        profile = _named(name)
        described = description_shapes(profile)
        if not described:
            raise UsageError(
                message('the profile "{name}" has no shapes for the description of a catalogue', name=name),
                remedy=message("Name its shapes with --shapes, or another profile."),
            )
        paths += [path for file, path in profile.shapes.items() if file in described]
    return list(dict.fromkeys(paths))


def soften(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings on a catalogue from elsewhere: the missing type of a concept or page is a warning.

    Such a catalogue names concepts, licences and pages that other files describe, as official validators know.
    """
    for each in findings:
        elsewhere = each.component == _CLASS and each.path in _ELSEWHERE and (each.value or "").startswith("<")
        yield replace(each, severity=Severity.WARNING) if elsewhere else each


def _named(name: str) -> ApplicationProfile:
    packaged = packaged_profiles()
    if name in packaged:
        return packaged_profile(name)
    if Path(name).is_dir():
        return folder_profile(Path(name))
    raise UsageError(
        message('there is no profile "{entry}"{hint}', entry=name, hint=hint(name, [*_BASES, *packaged])),
        remedy=message("Name one that comes with the program, or the folder of a profile."),
    )


def property_turtle(profile: ApplicationProfile) -> str:
    """The properties with their labels and descriptions, for pages that show their values."""
    return "\n".join(_lines(profile))


def _lines(profile: ApplicationProfile) -> Iterator[str]:
    yield "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
    yield "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    for entry in profile.properties.values():
        if entry.refines:
            continue
        yield ""
        yield f"<{entry.iri}> a rdf:Property ;"
        if entry.description:
            yield f"  rdfs:comment {_texts(entry.description)} ;"
        yield f"  rdfs:label {_texts(entry.label)} ."
    yield ""


def _texts(text: Text) -> str:
    return ", ".join(
        literal_text(value) if tag == "und" else f"{literal_text(value)}@{tag}" for tag, value in sorted(text.items())
    )
