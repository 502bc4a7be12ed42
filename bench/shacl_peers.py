"""Validate a file with another SHACL engine: `bench/shacl.py --peers PYTHON` runs this with the interpreter PYTHON.

Usage: PYTHON -I bench/shacl_peers.py ENGINE DATA.nt SHAPES.ttl

PYTHON has the packages pyshacl, pyshacl-turbo, pyshifty, shacl, shacl-rust and pyrudof, or some of them.

Prints JSON: the CPU seconds from the files to the results, the peak memory in MB, and for each result its focus node,
component and path (null if it is not an IRI).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

SH = "http://www.w3.org/ns/shacl#"
Found = tuple[str, str, str | None]
"""Focus node and path as N-Triples, and the local name of the component."""


def pyshacl(data: Path, shapes: Path) -> Iterator[Found]:
    rdflib = import_module("rdflib")
    _, report, _ = import_module("pyshacl").validate(
        rdflib.Graph().parse(data, format="nt"), shacl_graph=rdflib.Graph().parse(shapes)
    )
    return of_graph(report)


def pyshacl_turbo(data: Path, shapes: Path) -> Iterator[Found]:
    engine = import_module("pyshacl_turbo")
    _, report, _ = engine.validate(str(data), shacl_graph=str(shapes), data_graph_format="nt")
    return of_graph(report)


def pyshifty(data: Path, shapes: Path) -> Iterator[Found]:
    engine = import_module("shifty")
    _, report, _ = engine.PreparedValidator(shapes).validate(data, infer=False)
    return of_graph(report)


def shacl(data: Path, shapes: Path) -> Iterator[Found]:
    for each in import_module("shacl").validate(str(data), str(shapes)).results:
        yield each.focus_node, each.component, each.path


def shacl_rust(data: Path, shapes: Path) -> Iterator[Found]:
    engine = import_module("shacl_rust")
    text = data.read_text("utf-8"), shapes.read_text("utf-8")
    report = engine.validate(*text, data_format="nt", shapes_format="ttl", experimental_index=True)
    for each in report["results"]:
        yield each["focusNode"], each["sourceConstraintComponent"], each.get("resultPath")


def rudof(data: Path, shapes: Path) -> Iterator[Found]:
    engine = import_module("pyrudof")
    session = engine.Rudof(engine.RudofConfig())
    session.read_data(str(data), format=engine.RDFFormat.NTriples)
    session.read_shacl(str(shapes))
    for each in session.validate_shacl().violations:
        yield each.focus_node, each.constraint_component, each.path


def of_graph(report: Any) -> Iterator[Found]:  # noqa: ANN401 (rdflib's graph)
    """The results of a report, without those in sh:detail."""
    term = import_module("rdflib").URIRef
    for result in report.objects(None, term(f"{SH}result")):
        focus = report.value(result, term(f"{SH}focusNode"))
        path = report.value(result, term(f"{SH}resultPath"))
        component = report.value(result, term(f"{SH}sourceConstraintComponent"))
        yield focus.n3(), str(component), path.n3() if isinstance(path, term) else None


ENGINES: dict[str, Callable[[Path, Path], Iterable[Found]]] = {
    each.__name__.replace("_", "-"): each for each in (pyshacl, pyshacl_turbo, pyshifty, shacl, shacl_rust, rudof)
}


def main() -> None:
    name, data, shapes = sys.argv[1:]
    start = time.process_time()
    results = list(ENGINES[name](Path(data), Path(shapes)))
    seconds = time.process_time() - start
    plain = [(_term(focus), _local(component), _path(path)) for focus, component, path in results]
    status = Path("/proc/self/status").read_text("utf-8")  # getrusage has the peak of the parent before the fork too
    peak = next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    json.dump({"seconds": seconds, "megabytes": peak, "results": plain}, sys.stdout)


def _term(text: str) -> str:
    return text if text.startswith(("<", '"', "_")) else f"<{text}>"


def _local(component: str) -> str:
    return component.strip("<>").removeprefix(SH).removeprefix("sh:").removesuffix("ConstraintComponent")


def _path(path: str | None) -> str | None:
    return None if path is None or path.startswith(("^", "(", "[", "_")) or " " in path else _term(path)


if __name__ == "__main__":
    main()
