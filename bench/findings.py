"""Measure what a finding costs: `check` of catalogues whose facts break many rules, without a limit of findings.

usage: python bench/findings.py [--projects 100,1000] [--seed 16] [--folder FOLDER]

Each catalogue has CORDIS-like tables of that many projects (bench/mapping.py) with 20 to 30 findings a project, under
two sets of rules: those of Smarter Together, and a separate hostile set, in which values are missing, of the wrong
type, class or form, or near misses of known ones. Prints CPU seconds, peak memory and the number of findings of
`st-opendata check --max-findings all --json`, each in a separate process; 1 where a goal is missed. FOLDER (a
temporary one) takes the catalogues.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from mapping import BASE, EURIO, ORGANISATION, PROJECT, generate, table

GOAL = 6.0
"""CPU seconds of 1,000 projects."""

SHAPES = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix e: <{EURIO}> . @prefix : <{BASE}shape/> .
:Project a sh:NodeShape ; sh:targetClass e:Project ; sh:node :Dated ; sh:property
    [ sh:path e:budget ; sh:minCount 1 ], [ sh:path e:abstract ; sh:minCount 1 ; sh:severity sh:Warning ],
    [ sh:path e:title ; sh:maxLength 20 ; sh:datatype xsd:string ], [ sh:path e:acronym ; sh:pattern "^[A-Z]{{3,}}$" ],
    [ sh:path e:status ; sh:in ( "signed" "closed" "terminated" ) ], [ sh:path e:totalCost ; sh:maxInclusive 1000 ],
    [ sh:path e:startDate ; sh:datatype xsd:dateTime ; sh:message "Give a time, not {{?value}}." ],
    [ sh:path e:topics ; sh:class e:Topic ], [ sh:path e:endDate ; sh:lessThan e:startDate ] .
:Dated a sh:NodeShape ; sh:property [ sh:path e:signed ; sh:minCount 1 ] .
:Organisation a sh:NodeShape ; sh:targetClass e:Organisation ; sh:property
    [ sh:path e:country ; sh:nodeKind sh:Literal ], [ sh:path e:vatNumber ; sh:minLength 9 ],
    [ sh:path e:name ; sh:pattern "^UNIVERSITY" ; sh:uniqueLang true ], [ sh:path e:street ; sh:maxLength 3 ] .
:Role a sh:NodeShape ; sh:targetClass e:OrganisationRole ; sh:property
    [ sh:path e:organisationID ; sh:class e:Organisation ], [ sh:path e:projectID ; sh:class e:Project ],
    [ sh:path e:role ; sh:in ( "coordinating" "participating" ) ], [ sh:path e:ecContribution ; sh:maxExclusive 5 ],
    [ sh:path ( e:projectID e:title ) ; sh:maxLength 10 ] .
"""


def main() -> int:
    """Read the arguments, check each catalogue, print the table and whether the goal is held."""
    parser = argparse.ArgumentParser(description="Measure what a finding costs.")
    parser.add_argument("--projects", default="100,1000", help="sizes of the catalogues")
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    held = True
    print("projects rules            findings a project   CPU s CPU ms a finding    MB")
    with tempfile.TemporaryDirectory() as temporary:
        for projects in map(int, given.projects.split(",")):
            for rules in ("st-project", "hostile"):
                folder = (given.folder or Path(temporary)) / f"{rules}-{projects}"
                seconds = measure(make(folder, projects, rules, random.Random(given.seed)), projects, rules)
                held &= seconds <= GOAL * max(1, projects / 1000)
    print(f"{'held  ' if held else 'MISSED'} at most {GOAL} CPU s for 1,000 projects")
    return 0 if held else 1


def make(folder: Path, projects: int, rules: str, chance: random.Random) -> Path:
    """The catalogue: a third of the references of roles name no organisation, but nearly one."""
    data = folder / "cordis"
    data.mkdir(parents=True)
    generate(data, projects)
    with (data / "organization.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    partners = [dict(row) for row in rows]
    for row in rows:
        if chance.random() < 1 / 3:
            row["organisationID"] += chance.choice("0123456789")
    for name, content in (("roles.csv", rows), ("organization.csv", partners)):
        with (data / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, ORGANISATION.split(), delimiter=";", quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(content)
    text = dict.fromkeys(("en", "fr", "de"), "CORDIS")
    head = {"id": "cordis", "base": BASE, "title": text, "description": text, "datasets": ["cordis"]}
    head |= {
        "publisher": {"iri": f"{BASE}office", "name": {"en": "Office"}},
        "license": "CC_BY_4_0",
        "language": ["en"],
    }
    if rules == "hostile":
        (folder / "shapes").mkdir()
        (folder / "shapes" / "hostile.ttl").write_text(SHAPES, "utf-8")
    else:
        head["profiles"] = [rules]
    (folder / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    described = [table("project.csv", PROJECT.split()), *map(part_of_organisations, ("organisation", "role"))]
    (data / "dataset.yaml").write_text(json.dumps({"title": text, "description": text, "tables": described}), "utf-8")
    return folder


def part_of_organisations(subject: str) -> dict[str, object]:
    """The description of the table of organisations with the columns of one of its subjects."""
    described = table("organization.csv", ORGANISATION.split())
    schema = described["tableSchema"]
    assert isinstance(schema, dict)
    about = f"{subject}/"
    columns = [
        column if column.get("aboutUrl", about).startswith(about) else {"name": column["name"]}
        for column in schema["columns"]
        if not column.get("virtual") or column["aboutUrl"].startswith(about)
    ]
    url = "roles.csv" if subject == "role" else "organization.csv"
    return {**described, "url": url, "title": {"en": url}, "tableSchema": {"columns": columns}}


def measure(folder: Path, projects: int, rules: str) -> float:
    """Check the catalogue and print its line; CPU seconds."""
    command = [sys.executable, "-m", "st_opendata", "check", str(folder), "--max-findings", "all", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 1:
        raise SystemExit(done.stderr)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = len(json.loads(done.stdout)["findings"])
    print(
        f"{projects:8} {rules:<16} {found:8} {found / projects:9.1f} {seconds:7.2f} {1000 * seconds / found:16.2f}"
        f" {after.ru_maxrss / 1024:5.0f}",
        flush=True,
    )
    return seconds


if __name__ == "__main__":
    sys.exit(main())
