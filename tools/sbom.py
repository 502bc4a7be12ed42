"""Writes a CycloneDX bill of materials of what requirements.lock pins: `make sbom`.

A component has the name, version and hashes of the lock, and the licence and dependencies that the installed package
states. Development packages have the scope `excluded`. The same lock makes the same bytes. The result is checked
against the CycloneDX schema before it is written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
_PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE)
_RUNNING = ("web", "ckan", "portal")
"""Extras that are installed to use the program; the others are for its development."""


def pinned(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 digests of each package in a lock."""
    for found in _PINNED.finditer(lock):
        yield found["name"], found["version"], re.findall(r"sha256:([0-9a-f]{64})", found["rest"])


def needed(names: Iterable[Requirement], installed: Mapping[str, Distribution]) -> set[str]:
    """The packages that these requirements need, and those that they need in turn."""
    found: set[str] = set()
    left = [(requirement, "") for requirement in names]
    while left:
        requirement, extra = left.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        known, found = name in found, found | {name}
        if name in installed and (not known or requirement.extras):
            wanted = [Requirement(text) for text in installed[name].requires or ()]
            left += [(each, extra) for each in wanted for extra in requirement.extras or {""}]
    return found


def stated_licence(package: Distribution | None) -> str:
    """The licence that an installed package states, in one line; empty if it states none."""
    if package is None:
        return ""
    stated = package.metadata["License-Expression"] or package.metadata["License"] or ""
    return stated.partition("\n")[0]


def bill(lock: str, project: Mapping[str, object], installed: Mapping[str, Distribution]) -> Bom:
    """The components that the lock pins, and the project that depends on them."""
    extras, name = project["optional-dependencies"], str(project["name"])
    assert isinstance(extras, dict)
    assert isinstance(project["dependencies"], list)
    direct = [*project["dependencies"], *(text for extra in _RUNNING for text in extras[extra])]
    running = needed(map(Requirement, direct), installed)
    licences = LicenseFactory()
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, lock))
    root = Component(name=name, type=ComponentType.APPLICATION, bom_ref=name)
    root.licenses.add(licences.make_from_string(str(project["license"])))
    bom.metadata.component = root
    for package, version, digests in pinned(lock):
        purl = PackageURL("pypi", None, package, version)
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests]
        files = ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(str(purl)), hashes=hashes)
        scope = ComponentScope.REQUIRED if package in running else ComponentScope.EXCLUDED
        component = Component(
            name=package,
            version=version,
            purl=purl,
            bom_ref=str(purl),
            scope=scope,
            external_references=[files],
        )
        if licence := stated_licence(installed.get(package)):
            component.licenses.add(licences.make_from_string(licence))
        bom.components.add(component)
    by_name = {component.name: component for component in bom.components}
    for component, texts in [(root, direct)] + [
        (each, installed[each.name].requires or ()) for each in by_name.values() if each.name in installed
    ]:
        wanted = [each for each in map(Requirement, texts) if not each.marker or each.marker.evaluate({"extra": ""})]
        names = {canonicalize_name(each.name) for each in wanted} & by_name.keys()
        bom.register_dependency(component, [by_name[each] for each in sorted(names)])
    return bom


def main() -> int:
    """Write the bill where the command line says."""
    parser = argparse.ArgumentParser(description="Write a CycloneDX bill of materials of requirements.lock.")
    parser.add_argument(
        "--packages", type=Path, required=True, help="the folder where the locked packages are installed"
    )
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    installed = {str(canonicalize_name(each.name)): each for each in distributions(path=[str(options.packages)])}
    bom = bill((ROOT / "requirements.lock").read_text("utf-8"), project, installed)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    text = json.dumps(document, indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.stderr.write(f"not valid CycloneDX 1.6: {error}\n")
        return 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text + "\n", "utf-8")
    running = sum(each.scope is ComponentScope.REQUIRED for each in bom.components)
    sys.stdout.write(
        f"{options.output}: {len(bom.components)} components, {running} of them needed to use the program\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
