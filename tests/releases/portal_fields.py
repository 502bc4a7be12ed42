"""Portals with fields of their own, and what the first dataset of a release is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from st_opendata.model.targets import TargetSettings
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.portal_schema import parse_schema
from st_opendata.targets.ckan.site import Site

AUTHORITY = "http://publications.europa.eu/resource/authority"
TEXT = {"field_name": "title", "label": "Title", "preset": "title"}


def choices(*values: str, **labels: str) -> list[dict[str, Any]]:
    return [{"value": each, "label": labels.get(each, each.title())} for each in values]


def select(name: str, *values: str, **more: Any) -> dict[str, Any]:
    entry = {"field_name": name, "label": name.title(), "preset": "select", "choices": choices(*values)}
    return {**entry, "validators": "scheming_required scheming_choices", **more}


def site_with(
    *fields: dict[str, Any], resource: tuple[dict[str, Any], ...] = (), dcat: bool = False, **more: Any
) -> Site:
    portal = parse_schema({"dataset_fields": [TEXT, *fields], "resource_fields": list(resource)})
    site = Site("https://portal.example", "office", portal=portal, schema="dcat_extras" if dcat else "plain")
    return replace(site, **more)


def stating(**more: Any) -> TargetSettings:
    return TargetSettings.model_validate({"kind": "ckan", "url": "https://portal.example", **more})


def first(release: Path, site: Site) -> Package:
    return packages(release, site)[0]


def extras_of(package: Package) -> dict[str, str]:
    listed: Any = package.metadata.get("extras", [])
    return {each["key"]: each["value"] for each in listed}
