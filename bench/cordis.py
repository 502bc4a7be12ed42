"""Make CORDIS-like exports of any size, and measure importing, checking and mapping them.

usage: python bench/cordis.py [--projects 3500] [--seed 1] [--pipes] [--errors 0] [--folder FOLDER] [--memory 1GB]

With `--folder` and without its tables, the tables are written there and kept. The program takes the road of the user:
the export becomes a catalogue, whose tables are read, checked and mapped with each triple's cell. It prints CPU seconds
and peak memory, and for 35,000 projects the goal: at most 7 CPU seconds for reading, checking and mapping. With
`--errors N` it also says how many of the N wrong cells of each kind are findings in their row.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

GOAL = 7.0
"""CPU seconds for 35,000 projects."""


def main() -> None:
    """Read the arguments, measure each step in a separate process, print the numbers."""
    parser = argparse.ArgumentParser(description="Measure the import and the mapping of CORDIS-like exports.")
    parser.add_argument("--projects", type=int, default=3500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pipes", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--step", choices=["import", "facts"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        measure(given.step, given.folder, given.memory)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary) / "export"
        if not (folder / "project.csv").is_file():
            generate(folder, given)
        imported = step("import", folder, given.memory)
        print(f"import: {imported['cpu']:.2f} CPU s, peak {imported['peak']} MB")
        facts = step("facts", folder, given.memory)
        counts = f"{facts['triples']:,} triples, {facts['findings']} findings"
        print(f"facts:  {facts['cpu']:.2f} CPU s, peak {facts['peak']} MB, {counts}")
        goal = GOAL * given.projects / 35_000
        print(f"goal:   {goal:.2f} CPU s for {given.projects:,} projects; ratio {facts['cpu'] / goal:.2f}")
        planted = folder / "planted.csv"
        if planted.is_file():
            found = {tuple(place) for place in facts["places"]}
            with planted.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            seen = sum((row["file"], int(row["row"])) in found for row in rows)
            print(f"wrong:  {seen} of {len(rows)} planted cells have a finding in their row (without those of shapes)")


def generate(folder: Path, given: argparse.Namespace) -> None:
    """Write the tables, and the list of wrong cells if there are any."""
    from st_opendata.catalogue.cordis import SampleLayout, write_sample_tables

    layout = SampleLayout(given.pipes, given.errors)
    planted = write_sample_tables(folder, given.projects, seed=given.seed, layout=layout)
    if planted:
        with (folder / "planted.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "row", "column", "kind"))
            writer.writerows((each.file, each.row, each.column, each.kind) for each in planted)


def step(name: str, folder: Path, memory: str) -> dict[str, Any]:
    """The numbers of a step, measured in a separate process."""
    command = [sys.executable, __file__, "--step", name, "--folder", str(folder), "--memory", memory]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found


def measure(name: str, folder: Path, memory: str) -> None:
    """Print the numbers of a step as JSON; the time of imports is left out."""
    import resource
    import time

    from st_opendata.catalogue import read_catalogue
    from st_opendata.catalogue.cordis import import_cordis
    from st_opendata.catalogue.importers import ImportOptions
    from st_opendata.facts import load_facts

    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary) / "cordis"
        start = time.process_time()
        import_cordis([folder], output, ImportOptions())
        numbers: dict[str, object] = {"cpu": time.process_time() - start}
        if name == "facts":
            start = time.process_time()
            with load_facts(read_catalogue(output), memory=memory) as facts:
                numbers["cpu"] = time.process_time() - start
                numbers["triples"] = facts.triples()
                numbers["findings"] = len(facts.findings)
                places = [place for found in facts.findings for place in found.places]
                numbers["places"] = [(place.file.rpartition("/")[2], place.row) for place in places]
        numbers["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(numbers))


if __name__ == "__main__":
    main()
