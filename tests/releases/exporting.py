"""Files of a release, written one after the other."""

from __future__ import annotations

from pathlib import Path

from st_opendata.exports import plan_dataset, plan_dumps
from st_opendata.facts import FactBase
from st_opendata.model.descriptions import Dataset
from st_opendata.model.release import Distribution, File, Picture
from st_opendata.system.tasks import do_here


def write_dataset(dataset: Dataset, facts: FactBase, folder: Path) -> tuple[Distribution, ...]:
    """Write the files of a dataset."""
    plan = plan_dataset(dataset, facts, folder)
    return plan.distributions(do_here(plan.exports))


def write_picture(dataset: Dataset, facts: FactBase, folder: Path) -> Picture | None:
    """Write the files of a dataset; its picture."""
    plan = plan_dataset(dataset, facts, folder)
    return do_here(plan.tasks)[plan.picture]


def write_dumps(facts: FactBase, folder: Path) -> list[File]:
    """Write the files of the catalogue, whose datasets have been written."""
    tasks = plan_dumps(facts, folder, ())
    results = do_here(tasks)
    return [results[task] for task in tasks]
