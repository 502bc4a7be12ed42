"""Measure the mapping of tables to facts on CORDIS-like tables.

usage: python bench/mapping.py [--projects 3500] [--seed 1] [--folder FOLDER] [--memory 500MB] [--peer PYTHON]

FOLDER holds project.csv and organization.csv as the Horizon 2020 export has them; without it, tables of that layout
are generated, the same for the same number and seed. Prints triples a second, CPU seconds and peak memory of reading,
checking and mapping with the cell of each triple, then those with sorted N-Triples as a file, and the ratio to a plain
loop over Python's csv module with f-strings, which writes the same triples unchecked, unsorted and with duplicates.

PYTHON is the interpreter of an environment with Morph-KGC. It gets tables that are prepared for it (commas, decimal
points, instants in ISO form; not measured) and the same mapping in RML. It runs in one process, which takes the least
CPU time; its time of mapping ends when it has a set of triples in memory, ours when the fact base has them. It reports
nothing about wrong cells or keys, has no cells of triples, and does not sort. The goal is an eighth of its CPU seconds
of mapping. The program parses all files: graphs are equal if their triples are, however a writer escapes characters.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

BASE = "https://data.example.org/"
EURIO = "http://data.europa.eu/s66#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
COUNTRIES = ("FR", "DE", "AT", "BE", "CH", "CZ", "DK", "EL", "ES", "FI", "HU", "IE", "IT", "NL", "NO", "PL", "PT", "SE")
PROJECT = (
    "id acronym status title startDate endDate totalCost ecMaxContribution legalBasis topics ecSignatureDate "
    "frameworkProgramme masterCall subCall fundingScheme nature objective contentUpdateDate rcn grantDoi"
)
ORGANISATION = (
    "projectID projectAcronym organisationID vatNumber name shortName SME activityType street postCode city country "
    "nutsCode geolocation organizationURL contactForm contentUpdateDate rcn order role ecContribution "
    "netEcContribution totalCost endOfParticipation active"
)

# subject -> class, columns of the key, and its cells: column -> "@en", a datatype, "path/" of an IRI, or "" for text
SUBJECTS: dict[str, dict[str, tuple[str, list[str], dict[str, str]]]] = {
    "project.csv": {
        "project": (
            "Project",
            ["id"],
            {
                "acronym": "", "title": "@en", "objective": "@en", "status": "", "startDate": "date",
                "endDate": "date",
                "totalCost": "decimal", "ecMaxContribution": "decimal", "legalBasis": "", "topics": "topic/",
                "ecSignatureDate": "date", "frameworkProgramme": "programme/", "masterCall": "call/",
                "subCall": "call/",
                "fundingScheme": "scheme/", "contentUpdateDate": "dateTime", "rcn": "", "grantDoi": "",
            },
        )
    },
    "organization.csv": {
        "organisation": (
            "Organisation",
            ["organisationID"],
            {
                "name": "", "shortName": "", "vatNumber": "", "SME": "boolean", "activityType": "activity/",
                "street": "",
                "postCode": "", "city": "", "country": "country/", "nutsCode": "nuts/",
            },
        ),
        "role": (
            "OrganisationRole",
            ["projectID", "order"],
            {
                "projectID": "project/", "organisationID": "organisation/", "role": "", "ecContribution": "decimal",
                "netEcContribution": "decimal", "totalCost": "decimal", "order": "integer", "active": "boolean",
            },
        ),
    },
}  # fmt: skip


def main() -> None:
    """Read the arguments, run both ways in processes of their own, print the comparison."""
    parser = argparse.ArgumentParser(description="Measure the mapping of tables to facts.")
    parser.add_argument("--projects", type=int, default=3500)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory", default="500MB")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", metavar="PYTHON")
    parser.add_argument("--only", choices=["facts", "loop"], help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measure(given.folder, given.only, given.memory, given.output)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if given.folder is None:
            generate(folder, given.projects, given.seed)
        outputs = [Path(temporary) / f"{way}.nt" for way in ("facts", "loop")]
        ours = run(folder, "facts", given.memory, outputs[0])
        loop = run(folder, "loop", given.memory, outputs[1])
        (count, digest), (_, loop_digest) = map(digest_of, outputs)
        peer = run_peer(given.peer, folder, Path(temporary) / "peer") if given.peer else None
    print(f"facts: {count:,} triples; mapping {ours.mapping:.2f} CPU s, with the file {ours.told}")
    print(f"       {count / ours.mapping:,.0f} triples/CPU s mapped, {count / ours.cpu:,.0f} with the file")
    print(f"loop:  {loop.told}; ratio of CPU {ours.cpu / loop.cpu:.2f}")
    print(f"same graph: {'yes' if digest == loop_digest else 'NO'}")
    if peer:
        numbers, version, (_, peer_digest) = peer
        print(f"Morph-KGC {version}, 1 process, no checks, no cells, unsorted:")
        print(f"       mapping {numbers.mapping:.2f} CPU s, with the file {numbers.told}")
        mapping, whole = numbers.mapping / ours.mapping, numbers.cpu / ours.cpu
        print(f"       {mapping:.1f} times our CPU of mapping (goal: 8), {whole:.1f} times with the file")
        print(f"same graph: {'yes' if digest == peer_digest else 'NO'}")


@dataclass(frozen=True, slots=True)
class Numbers:
    """CPU seconds until the triples are mapped, CPU and wall seconds with the file, and peak MB."""

    mapping: float
    cpu: float
    wall: float
    peak: int

    @property
    def told(self) -> str:
        """The numbers of the whole run."""
        return f"{self.cpu:.2f} CPU s, {self.wall:.2f} s, peak {self.peak} MB"


def numbers_of(printed: str) -> Numbers:
    """The numbers at the end of what a process printed."""
    mapping, cpu, wall, peak = printed.split()[-4:]
    return Numbers(float(mapping), float(cpu), float(wall), int(peak))


def run(folder: Path, way: str, memory: str, output: Path) -> Numbers:
    """The numbers of one way in a separate process."""
    command = [
        sys.executable,
        __file__,
        "--only",
        way,
        "--folder",
        str(folder),
        "--memory",
        memory,
        "--output",
        str(output),
    ]
    return numbers_of(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measure(folder: Path, way: str, memory: str, output: Path) -> None:
    """Write the triples to `output`; print the numbers, imports left out."""
    if way == "facts":
        import st_opendata.facts
        import st_opendata.tables  # noqa: F401
    cpu, wall = time.process_time(), time.perf_counter()
    mapped = cpu
    with output.open("w", encoding="utf-8", newline="\n") as stream:
        for lines in facts(folder, memory) if way == "facts" else loop(folder):
            mapped = time.process_time() if mapped == cpu else mapped
            stream.writelines(f"{line}\n" for line in lines)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{mapped - cpu:.3f} {time.process_time() - cpu:.3f} {time.perf_counter() - wall:.3f} {peak}")


PEER = """
import importlib.metadata, os, resource, sys, time
import morph_kgc
cpu, wall = sum(os.times()[:4]), time.perf_counter()  # its own processes too
triples = morph_kgc.materialize_set(sys.argv[1])
mapped = sum(os.times()[:4])
with open(sys.argv[2], "w", encoding="utf-8", newline="\\n") as stream:
    stream.writelines(f"{triple} .\\n" for triple in triples)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
cpus = f"{mapped - cpu:.3f} {sum(os.times()[:4]) - cpu:.3f}"
version = importlib.metadata.version("morph-kgc")
print(f"{version} {cpus} {time.perf_counter() - wall:.3f} {peak}", file=sys.stderr)
"""


def run_peer(python: str, folder: Path, scratch: Path) -> tuple[Numbers, str, tuple[int, int]]:
    """The numbers, the version and the digest of Morph-KGC."""
    scratch.mkdir()
    for name in SUBJECTS:
        prepare(folder / name, scratch / name)
    (scratch / "mapping.ttl").write_text(rml(scratch), "utf-8")
    (scratch / "config.ini").write_text(
        "[CONFIGURATION]\nna_values=\nnumber_of_processes=1\nlogging_level=ERROR\n"
        f"[tables]\nmappings={scratch / 'mapping.ttl'}\n",
        "utf-8",
    )
    output = scratch / "peer.nt"
    command = [python, "-c", PEER, str(scratch / "config.ini"), str(output)]
    done = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)
    return numbers_of(done.stderr), done.stderr.split()[-5], digest_of(output)


def prepare(source: Path, target: Path) -> None:
    """The table with commas, decimal points and instants in ISO form."""
    styles = {name: style for _, _, cells in SUBJECTS[source.name].values() for name, style in cells.items()}
    with source.open(encoding="utf-8", newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        rows = csv.DictReader(old, delimiter=";")
        writer = csv.DictWriter(new, rows.fieldnames or [], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        for row in rows:
            for name, style in styles.items():
                if style == "decimal":
                    row[name] = row[name].replace(",", ".")
                elif style == "dateTime":
                    row[name] = row[name].replace(" ", "T")
            writer.writerow(row)


def rml(folder: Path) -> str:
    """The mapping of `SUBJECTS` in RML."""
    lines = [
        "@prefix rr: <http://www.w3.org/ns/r2rml#> .",
        "@prefix rml: <http://semweb.mmlab.be/ns/rml#> .",
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> .",
    ]
    for name, subjects in SUBJECTS.items():
        for subject, (kind, key, cells) in subjects.items():
            about = f"{BASE}{subject}/" + "-".join(f"{{{column}}}" for column in key)
            lines.append(f"<#{subject}> a rr:TriplesMap ;")
            lines.append(f'  rml:logicalSource [ rml:source "{folder / name}" ; rml:referenceFormulation ql:CSV ] ;')
            lines.append(f'  rr:subjectMap [ rr:template "{about}" ; rr:class <{EURIO}{kind}> ] ;')
            for column, style in cells.items():
                if style.endswith("/"):
                    value = f'rr:template "{BASE}{style}{{{column}}}"'
                else:
                    value = f'rml:reference "{column}"'
                    if style.startswith("@"):
                        value += f' ; rr:language "{style[1:]}"'
                    elif style:
                        value += f" ; rr:datatype <{XSD}{style}>"
                stated = f"rr:predicate <{EURIO}{column}> ; rr:objectMap [ {value} ]"
                lines.append(f"  rr:predicateObjectMap [ {stated} ] ;")
            lines[-1] = lines[-1].removesuffix(";") + "."
    return "\n".join([*lines, ""])


def digest_of(path: Path) -> tuple[int, int]:
    """Number of distinct triples, and a digest that does not depend on their order, nor on escapes in the file."""
    from pyoxigraph import RdfFormat, parse

    found = {hashlib.md5(str(triple).encode()).digest()[:8] for triple in parse(path=path, format=RdfFormat.N_TRIPLES)}
    return len(found), sum(int.from_bytes(digest, "big") for digest in found)


def facts(folder: Path, memory: str) -> Iterator[list[str]]:
    """Triples by way of the fact base, after an empty batch when they are mapped."""
    from st_opendata.catalogue import read_catalogue
    from st_opendata.facts import load_facts

    with tempfile.TemporaryDirectory() as temporary:
        catalogue = read_catalogue(describe(folder, Path(temporary)))
        with load_facts(catalogue, memory=memory) as base:
            for finding in base.findings[:5]:
                print(finding.message["en"], *finding.places, file=sys.stderr)
            yield []
            yield from base.lines()


def describe(folder: Path, root: Path) -> Path:
    """A catalogue with one dataset over the tables of the folder."""
    (root / "cordis").mkdir()
    for name in SUBJECTS:
        (root / "cordis" / name).hardlink_to(folder / name)
    text = {"en": "CORDIS"}
    head = {"id": "cordis", "base": BASE, "title": text, "description": text, "datasets": ["cordis"]}
    (root / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    tables = [
        table(name, columns.split()) for name, columns in (("project.csv", PROJECT), ("organization.csv", ORGANISATION))
    ]
    (root / "cordis" / "dataset.yaml").write_text(
        json.dumps({"title": text, "description": text, "tables": tables}), "utf-8"
    )
    return root


def table(name: str, columns: list[str]) -> dict[str, object]:
    """The CSVW description of one table."""
    described: dict[str, dict[str, object]] = {column: {"name": column} for column in columns}
    virtual = []
    for subject, (kind, key, cells) in SUBJECTS[name].items():
        about = f"{subject}/" + "-".join(f"{{{column}}}" for column in key)
        for column, style in cells.items():
            entry = described[column] | {"aboutUrl": about, "propertyUrl": EURIO + column}
            if style.endswith("/"):
                entry["valueUrl"] = f"{style}{{{column}}}"
            elif style.startswith("@"):
                entry["lang"] = style[1:]
            elif style == "decimal":
                entry["datatype"] = {"base": style, "format": {"decimalChar": ","}}
            elif style:
                entry["datatype"] = {"base": style} | ({"format": "yyyy-MM-dd HH:mm:ss"} if style == "dateTime" else {})
            described[column] = entry
        virtual.append(
            {
                "virtual": "true",
                "name": f"{subject}_type",
                "aboutUrl": about,
                "propertyUrl": RDF_TYPE,
                "valueUrl": EURIO + kind,
            }
        )
    schema = {"columns": [*described.values(), *virtual]}
    return {"url": name, "dialect": {"delimiter": ";"}, "tableSchema": schema}


def loop(folder: Path) -> Iterator[list[str]]:
    """The same triples from a plain loop."""
    for name, subjects in SUBJECTS.items():
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter=";"):
                for subject, (kind, key, cells) in subjects.items():
                    start = f"<{BASE}{subject}/{'-'.join(quote(row[column], '') for column in key)}>"
                    lines = [f"{start} <{RDF_TYPE}> <{EURIO}{kind}> ."]
                    for column, style in cells.items():
                        if row[column]:
                            lines.append(f"{start} <{EURIO}{column}> {term(row[column], style)} .")
                    yield lines


def term(value: str, style: str) -> str:
    """The object of a cell."""
    if style.endswith("/"):
        return f"<{BASE}{style}{quote(value, '')}>"
    if style == "decimal":
        value = value.replace(",", ".")
    elif style == "dateTime":
        value = value.replace(" ", "T")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"{style}' if not style or style.startswith("@") else f'"{escaped}"^^<{XSD}{style}>'


def generate(folder: Path, projects: int, seed: int = 1) -> None:
    """Tables of the CORDIS layout: quotes and line breaks in cells, decimal commas, empty cells."""
    chance = random.Random(projects if seed == 1 else f"{seed} {projects}")
    words = ("quantum", "sensor", "climate", "ocean", "protein", "energy", "mobility", "“smart”", "café", "α/β", "<1>")

    def text(length: int) -> str:
        return " ".join(chance.choices(words, k=length))

    def money() -> str:
        return f"{chance.randint(10_000, 9_000_000)}{chance.choice(['', ',5', ',50', ',07'])}"

    with (
        (folder / "project.csv").open("w", encoding="utf-8", newline="") as first,
        (folder / "organization.csv").open("w", encoding="utf-8", newline="") as second,
    ):
        project_rows = csv.DictWriter(first, PROJECT.split(), "", delimiter=";", quoting=csv.QUOTE_ALL)
        role_rows = csv.DictWriter(second, ORGANISATION.split(), "", delimiter=";", quoting=csv.QUOTE_ALL)
        project_rows.writeheader()
        role_rows.writeheader()
        for number in range(projects):
            start = date(2014, 1, 1) + timedelta(chance.randint(0, 2900))
            project = {
                "id": f"{600_000 + number * 3}", "acronym": f"P{number}", "status": chance.choice(["SIGNED", "CLOSED"]),
                "title": f'{text(8)} "{number}"', "startDate": f"{start}", "endDate": f"{start + timedelta(1000)}",
                "totalCost": money() if number % 30 else "", "ecMaxContribution": money(),
                "legalBasis": "H2020-EU.1.1.",
                "topics": f"TOPIC-{number % 400:03}", "ecSignatureDate": f"{start - timedelta(90)}",
                "frameworkProgramme": "H2020", "masterCall": f"CALL {number % 60}", "subCall": f"CALL {number % 60}",
                "fundingScheme": "RIA", "objective": f"{text(90)}\n{text(90)}",
                "contentUpdateDate": "2023-05-01 12:00:00", "rcn": f"{200_000 + number}",
                "grantDoi": f"10.3030/{number}",
            }  # fmt: skip
            project_rows.writerow(project)
            for order in range(1, 2 + int(chance.expovariate(1 / 3.5))):
                partner = int(projects * 1.2 * chance.random() ** 2.5)
                role = {
                    "projectID": project["id"], "organisationID": f"{900_000_000 + partner * 37}",
                    "vatNumber": f"FR{partner}" if partner % 3 else "", "name": f"INSTITUT {partner} & \"FILS\"",
                    "shortName": f"ORG{partner}" if partner % 5 else "", "SME": "true" if partner % 5 == 0 else "false",
                    "activityType": "REC", "street": f"rue {partner}", "postCode": f"{10_000 + partner % 80_000}",
                    "city": "Saint-Étienne", "country": COUNTRIES[partner % len(COUNTRIES)], "nutsCode": "FRK26",
                    "order": f"{order}",
                    "role": "coordinator" if order == 1 else "participant", "ecContribution": money(),
                    "netEcContribution": money(), "totalCost": money() if order % 7 else "", "active": "true",
                }  # fmt: skip
                role_rows.writerow(role)


if __name__ == "__main__":
    main()
