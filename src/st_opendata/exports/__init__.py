"""The files of a release: one writer per format, behind one registry."""

from __future__ import annotations

from st_opendata.exports.choice import size_findings
from st_opendata.exports.impossible import impossible_findings
from st_opendata.exports.planning import DatasetPlan, Kept, KeptDumps, dump_paths, plan_dataset, plan_dumps
from st_opendata.exports.sources import OlderDataset, read_facts

__all__ = [
    "DatasetPlan",
    "Kept",
    "KeptDumps",
    "OlderDataset",
    "dump_paths",
    "impossible_findings",
    "plan_dataset",
    "plan_dumps",
    "read_facts",
    "size_findings",
]
