"""The files of a release that are made from facts: in one process, or in several if there is much to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from st_opendata.build.reuse import Reuse
from st_opendata.exports import DatasetPlan, OlderDataset, dump_paths, plan_dataset, plan_dumps
from st_opendata.facts import FactBase
from st_opendata.messages.message import message
from st_opendata.model.release import Distribution, FactFolder, File, Picture
from st_opendata.release.layout import FACTS, predicate_files
from st_opendata.system.tasks import Results, Task, Told, can_fork, do_here, do_in_processes

_WORTH = 3_000_000
"""The cost of tasks, about microseconds, from which it is worth to start processes."""


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """All tasks that write files from facts, and what comes of them."""

    facts: Task[FactFolder]
    datasets: Mapping[str, DatasetPlan]
    dumps: Sequence[Task[File]]
    kept: Sequence[File]
    """The dumps that were taken over."""

    @property
    def tasks(self) -> Sequence[Task[Any]]:
        """The tasks, each later than those that it needs."""
        return (*(task for plan in self.datasets.values() for task in plan.tasks), self.facts, *self.dumps)


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written from facts."""

    facts: FactFolder
    distributions: Mapping[str, tuple[Distribution, ...]]
    pictures: Mapping[str, Picture]
    dumps: Sequence[File]


def plan_files(reuse: Reuse) -> ReleasePlan:
    """Plan the facts, the distributions and the dumps of a release, but for those that are taken over."""
    facts, folder = reuse.facts, reuse.draft
    (folder / FACTS).mkdir()
    files = predicate_files(facts.predicates())
    kept_facts, kept_dumps = reuse.take_facts(files), reuse.take_dumps(dump_paths(facts))
    datasets, older = dict[str, DatasetPlan](), dict[str, OlderDataset]()
    for each in facts.catalogue.datasets:
        kept = reuse.take_dataset(each)
        found = reuse.older_dataset(each.id, kept)
        datasets[each.id] = plan_dataset(each, facts, folder, kept, found)
        older |= {each.id: found} if found else {}
    cost = sum(plan.n_triples.cost for plan in datasets.values() if plan.n_triples)
    writing = Task(message("Writing the facts"), partial(facts.write_files, files, folder, kept_facts), cost)
    dumps = plan_dumps(facts, folder, datasets.values(), kept_dumps, older)
    return ReleasePlan(writing, datasets, dumps, list(kept_dumps.files.values()))


def write_files(plan: ReleasePlan, facts: FactBase, processes: int, on_begin: Told, on_end: Told) -> Written:
    """Do the tasks: in this many processes, if they are worth it and the facts can be read by several."""
    results = _do(plan.tasks, facts, processes, on_begin, on_end)
    pictures = {dataset: results[each.picture] for dataset, each in plan.datasets.items()}
    return Written(
        results[plan.facts],
        {dataset: each.distributions(results) for dataset, each in plan.datasets.items()},
        {dataset: picture for dataset, picture in pictures.items() if picture},
        [*plan.kept, *(results[task] for task in plan.dumps)],
    )


def _do(tasks: Sequence[Task[Any]], facts: FactBase, processes: int, on_begin: Told, on_end: Told) -> Results:
    if processes > 1 and facts.can_be_shared and sum(task.cost for task in tasks) >= _WORTH:
        facts.triples()  # counted once, for all
        with facts.shared():
            if can_fork():
                return do_in_processes(tasks, processes, partial(facts.join, processes), on_begin, on_end)
    return do_here(tasks, on_begin, on_end)
