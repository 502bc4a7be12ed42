"""How many distinct triples there are with a predicate: in the catalogue, and in each dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from st_opendata.sql.engine import Engine


@dataclass(frozen=True, slots=True)
class TripleCounter:
    """Counts the rows s, o, t of relations: triples, and the tables that state them.

    `dataset_of` has the dataset of each table by its number; those of a dataset have successive numbers. `table_names`
    makes a relation of the same.
    """

    engine: Engine
    dataset_of: Mapping[int, str]
    table_names: Callable[[], str]

    def count(self, relation: str, parts: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """The number in the catalogue, and in each dataset that has any.

        `parts` are conditions: each triple meets one of them. A part is counted at once.
        """
        datasets = {self.dataset_of[number] for (number,) in self.engine.rows(f"SELECT DISTINCT t FROM {relation}")}
        if len(datasets) == 1:
            query = "SELECT count(*) FROM (SELECT DISTINCT s, o FROM"
            total = sum(number for part in parts for (number,) in self.engine.rows(f"{query} {relation}{part})"))
            return total, dict.fromkeys(datasets, total)
        total, stated = 0, Counter[str]()
        for part in parts:
            number, found = self._count_part(relation, part)
            total += number
            stated.update(found)
        return total, dict(sorted(stated.items()))

    def _count_part(self, relation: str, part: str) -> tuple[int, Mapping[str, int]]:
        tables = f"SELECT min(t) AS low, max(t) AS high FROM {relation}{part} GROUP BY s, o"
        total, stated, is_shared = 0, Counter[str](), False
        for low, high, count in self.engine.rows(f"SELECT low, high, count(*) FROM ({tables}) GROUP BY low, high"):
            total += count
            stated[self.dataset_of[low]] += count
            is_shared = is_shared or self.dataset_of[low] != self.dataset_of[high]
        if not is_shared:
            return total, stated
        names = f"(SELECT DISTINCT t, dataset FROM {self.table_names()})"
        distinct = f"SELECT DISTINCT dataset, s, o FROM {relation} AS f JOIN {names} AS n ON f.t = n.t{part}"
        return total, dict(self.engine.rows(f"SELECT dataset, count(*) FROM ({distinct}) GROUP BY dataset"))
