"""Measure `convert` on CORDIS-like tables, against the other Python programs that convert CSV on the Web.

usage: python bench/convert.py [--projects 350] [--folder FOLDER] [--peers PYTHON]

FOLDER holds project.csv and organization.csv as the Horizon 2020 export has them; without it, tables of that layout are
generated, the same for the same number. They are converted as they are (`cordis`), and the projects once more with
commas and every column as text (`plain`), which is what the peers manage. PYTHON is the interpreter of an environment
that has peers in addition to the `csvw` that we have ourselves: pycsvw (which asks the web), csvwlib.

Prints the CPU seconds, wall seconds and peak memory of each, imports included, with the ratio of its CPU seconds to
those of `convert` for the same form. If a peer fails, its last line of output is shown. Last comes a plain loop over
Python's csv module with f-strings, which is not CSVW at all.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mapping import BASE, EURIO, ORGANISATION, PROJECT, generate, table

MINUTES = 20
"""After which a peer is given up."""

PEERS = {
    "csvw json": """
import json, sys, csvw
found = csvw.CSVW(sys.argv[1]).to_json(minimal=True)
json.dump(found, open(sys.argv[2], "w"))""",
    "pycsvw nt": """
import sys, pycsvw
found = pycsvw.CSVW(csv_path=sys.argv[3], metadata_path=sys.argv[4])
found.to_rdf_files([(sys.argv[2], "nt")])""",
    "csvwlib nt": """
import sys, csvwlib
found = csvwlib.CSVWConverter.to_rdf(csv_url=sys.argv[5], metadata_url=sys.argv[6], mode="minimal")
found.serialize(destination=sys.argv[2], format="nt")""",
    "csvwlib json": """
import json, sys, csvwlib
found = csvwlib.CSVWConverter.to_json(csv_url=sys.argv[5], metadata_url=sys.argv[6], mode="minimal")
json.dump(found, open(sys.argv[2], "w"))""",
}
"""Programs that read the description argv[1], or the table and its description argv[3] and [4] (files) or [5] and [6]
(URLs), and write argv[2]."""


def main() -> None:
    """Read the arguments, run each program in a separate process, print the comparison."""
    parser = argparse.ArgumentParser(description="Measure the conversion of CSV on the Web.")
    parser.add_argument("--projects", type=int, default=350)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.folder is None:
            generate(folder, given.projects)
        for name in ("project.csv", "organization.csv") if given.folder else ():
            shutil.copy(given.folder / name, folder / name)
        compare(folder, given.peers)


def compare(folder: Path, python: str) -> None:
    """Print a line for each program."""
    described = describe(folder)
    size = sum((folder / name).stat().st_size for name in ("project.csv", "organization.csv"))
    alone = (folder / "plain.csv").stat().st_size
    print(f"{size / 1e6:.1f} MB in two tables (cordis), {alone / 1e6:.1f} MB in one (plain)", flush=True)
    ours: dict[tuple[str, str], float] = {}
    program, out = [sys.executable, "-m", "st_opendata", "convert"], str(folder / "out")
    for document, path in described.items():
        for form in ("nt", "json"):
            found = run([*program, str(path), "--to", form, "--minimal", "--base", BASE, "-o", out])
            ours[document, form] = found[0] if isinstance(found, tuple) else 0.0
            tell(f"convert {form} ({document})", found, None)
    tell("convert nt, standard (cordis)", run([*program, str(described["cordis"]), "--to", "nt", "-o", out]), None)
    with served(folder) as address:
        for name, text in PEERS.items():
            files = [str(folder / "plain.csv"), str(described["plain"])]
            urls = [f"{address}plain.csv", f"{address}plain.csv-metadata.json"]
            found = run([python, "-c", text, str(described["plain"]), out, *files, *urls])
            tell(f"{name} (plain)", found, ours["plain", name.split()[1]])
    loop = [sys.executable, str(Path(__file__).with_name("mapping.py")), "--only", "loop", "--folder", str(folder)]
    tell("loop nt (cordis)", run([*loop, "--output", out]), ours["cordis", "nt"])


def describe(folder: Path) -> dict[str, Path]:
    """The CSVW documents: of both tables, and of the plain copy of one, which is made too."""
    columns = {"project.csv": PROJECT, "organization.csv": ORGANISATION}
    tables = [whole(table(name, listed.split())) for name, listed in columns.items()]
    texts = [{"name": name, "titles": name, "propertyUrl": EURIO + name} for name in PROJECT.split()]
    schema = {"columns": texts, "aboutUrl": f"{BASE}project/{{id}}"}
    documents: dict[str, tuple[Path, dict[str, Any]]] = {
        "cordis": (folder / "cordis.json", {"tables": tables}),
        "plain": (folder / "plain.csv-metadata.json", {"url": "plain.csv", "tableSchema": schema}),
    }
    for path, document in documents.values():
        path.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw"} | document), "utf-8")
    with (folder / "project.csv").open(newline="") as old, (folder / "plain.csv").open("w", newline="") as new:
        csv.writer(new, lineterminator="\n").writerows(csv.reader(old, delimiter=";"))
    return {name: path for name, (path, _) in documents.items()}


def whole(described: dict[str, Any]) -> dict[str, Any]:
    """The description with titles, JSON's booleans and whole IRIs, as CSVW's JSON wants it."""
    for column in described["tableSchema"]["columns"]:
        if column.get("virtual"):
            column["virtual"] = True
        else:
            column["titles"] = column["name"]
        for key in ("aboutUrl", "valueUrl"):
            if key in column and "://" not in column[key]:
                column[key] = BASE + column[key]
    return described


def run(command: list[str]) -> tuple[float, float, int] | str:
    """CPU seconds, wall seconds and peak MB of a process; what it said last where it failed."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    measured = [sys.executable, "-c", _MEASURE, *command]
    try:
        done = subprocess.run(measured, capture_output=True, text=True, timeout=60 * MINUTES, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {MINUTES} minutes"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:120]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - started, int(done.stdout.strip().splitlines()[-1]) // 1024


_MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)"""
"""Peak memory of one process alone: that of all children of this one would be the highest so far."""


def tell(name: str, found: tuple[float, float, int] | str, ours: float | None) -> None:
    """Print a row of the comparison."""
    if isinstance(found, str):
        print(f"{name:36} {found}", flush=True)
        return
    cpu, wall, peak = found
    ratio = f"  {cpu / ours:7.1f} x the CPU of convert" if ours else ""
    print(f"{name:36} {cpu:8.2f} CPU s {wall:8.2f} s {peak:6} MB{ratio}", flush=True)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder behind a local web server, for peers that take URLs alone."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """Logs nothing."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    main()
