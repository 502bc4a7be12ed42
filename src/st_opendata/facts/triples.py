"""Distinct triples in one relation per predicate: what a fact base and the files of a release answer alike."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from st_opendata.namespaces import RDF
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Row

TYPE = f"<{RDF}type>"
_BATCH = 50_000
_LINKED = 1_000
"""Rows that are read at once where values are long, as geometries are."""
_PART_ROWS = 300_000
"""About the rows that one statement sorts."""


class RowSource(Protocol):
    """A database that is only asked."""

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a small result."""

    def batches(self, query: str, size: int) -> Iterator[list[Row]]:
        """The rows in batches."""


class Triples:
    """Triples of a catalogue: a relation per predicate, with the columns s and o (N-Triples terms) and h.

    `h` has the first hexadecimal digits of the subject's MD5, as many as `digits`, so that a reader of one shard skips
    the others. The relations repeat a triple for each cell that states it; all answers are distinct.
    """

    def __init__(self, queries: RowSource, relations: Mapping[str, str], digits: int) -> None:
        """Take the database, and its relation for each predicate, an N-Triples term, in the order of the terms."""
        self._queries = queries
        self._relations = relations
        self._digits = digits
        self._terms: dict[tuple[str, str | None], frozenset[str]] = {}
        """Predicates and classes, which are asked again before each file is written."""

    @abstractmethod
    def shard_digits(self, dataset: str | None) -> int:
        """The digits of the shards of a dataset, or of the catalogue: not more than those of the relations."""

    @abstractmethod
    def _size(self, dataset: str | None) -> int:
        """About the number of triples of a dataset, or of the catalogue; at least the number."""

    @abstractmethod
    def _within(self, dataset: str) -> str:
        """The condition for rows of a dataset."""

    def _stating(self, _dataset: str | None) -> Mapping[str, str]:
        """The relations that may have triples of the dataset."""
        return self._relations

    def lines(self, dataset: str | None = None) -> Iterator[list[str]]:
        """Distinct N-Triples lines without line end, of a dataset or of the catalogue.

        Shard by shard, a shard being a prefix of the MD5 of the subject's term; sorted by code point within. Up to
        about 50,000 triples of a dataset there is one shard. No subject spans two batches, no batch is empty.
        """
        for shards in self._groups(dataset):
            if lines := self.shard_lines(dataset, shards):
                yield lines

    def shard_lines(self, dataset: str | None, shards: Sequence[str]) -> list[str]:
        """The lines of shards that follow each other, in the order of `lines`."""
        where, order = self._part(dataset, shards)
        query = f"SELECT line FROM ({_line(self._stating(dataset), where)}) ORDER BY {order}line"
        return [line for rows in self._rows(query, self._stating(dataset)) for (line,) in rows]

    def _common_lines(
        self, relations: Mapping[str, str], dataset: str, other: str
    ) -> Iterator[tuple[Sequence[str], list[str]]]:
        """The lines of each group of shards of a dataset that rows which meet the condition `other` state too."""
        for shards in self._groups(dataset):
            own = self._where(dataset, shards[0], last=shards[-1])
            others = self._where(None, shards[0], [other], last=shards[-1])
            both = " INTERSECT ".join(f"SELECT line FROM ({_line(relations, each)})" for each in (own, others))
            yield shards, [line for rows in self._rows(both, relations) for (line,) in rows]

    def about(self, subject: str, dataset: str | None = None) -> list[str]:
        """The distinct lines with this subject, an N-Triples term, sorted."""
        return self._lines(self._stating(dataset), self._where(dataset, conditions=[self._is(subject)]))

    def predicates(self, dataset: str | None = None) -> frozenset[str]:
        """The predicates of all triples of a dataset, or of the catalogue, as N-Triples terms."""
        where = self._where(dataset)
        first = [
            f"(SELECT {sql.text(predicate)} AS p FROM {relation}{where} LIMIT 1)"
            for predicate, relation in self._stating(dataset).items()
        ]
        return self._found("predicates", dataset, " UNION ALL ".join(first))

    def classes(self, dataset: str | None = None) -> frozenset[str]:
        """The objects of rdf:type in a dataset, or in the catalogue, as N-Triples terms."""
        relation = self._stating(dataset).get(TYPE)
        query = f"SELECT DISTINCT o FROM {relation}{self._where(dataset)}" if relation else ""
        return self._found("classes", dataset, query)

    def _found(self, kind: str, dataset: str | None, query: str) -> frozenset[str]:
        if (kind, dataset) not in self._terms:
            rows = self._queries.rows(query) if query else []
            self._terms[kind, dataset] = frozenset(found for (found,) in rows)
        return self._terms[kind, dataset]

    def statements(self, predicates: Sequence[str], dataset: str | None = None) -> Iterator[list[str]]:
        """Distinct N-Triples lines with one of these predicates, sorted by subject, in batches.

        They are of a dataset or of the catalogue.
        """
        relations = {each: self._stating(dataset)[each] for each in predicates if each in self._stating(dataset)}
        for rows in self._rows(f"SELECT line FROM ({_line(relations, self._where(dataset))}) ORDER BY s", relations):
            yield [line for (line,) in rows]

    def linked(self, first: str, second: str, dataset: str) -> Iterator[tuple[str, str]]:
        """Subjects and values that two predicates lead to, one after the other, in the order of `lines`."""
        relations = self._stating(dataset)
        for shards in self._groups(dataset) if {first, second} <= relations.keys() else ():
            where, order = self._part(dataset, shards)
            query = (
                f"SELECT a.s, b.o FROM (SELECT DISTINCT h, s, o FROM {relations[first]}{where}) AS a "
                f"JOIN (SELECT DISTINCT s, o FROM {relations[second]}{self._where(dataset)}) AS b ON a.o = b.s "
                f"ORDER BY {order}a.s, b.o"
            )
            for rows in self._queries.batches(query, _LINKED):
                yield from ((subject, value) for subject, value in rows)

    def unmatched(self, patterns: Mapping[str, str], dataset: str) -> Iterator[str]:
        """The subjects in the dataset that have all these predicates, but not one matching object (RE2) of each.

        Sorted; `patterns` are by predicate.
        """
        relations = self._stating(dataset)
        if not patterns or not patterns.keys() <= relations.keys():
            return
        stated = " UNION ALL ".join(
            f"SELECT DISTINCT s, o, {place} AS p, {sql.full_match('o', pattern)} AS fits "
            f"FROM {relations[predicate]}{self._where(dataset)}"
            for place, (predicate, pattern) in enumerate(patterns.items())
        )
        complete = [f"count(*) FILTER (WHERE p = {place}) > 0" for place, _ in enumerate(patterns)]
        wrong = f"(count(*) > {len(patterns)} OR count(*) FILTER (WHERE fits) < {len(patterns)})"
        query = f"SELECT s FROM ({stated}) GROUP BY s HAVING {sql.all_of([*complete, wrong])} ORDER BY s"
        for rows in self._queries.batches(query, _BATCH):
            yield from (subject for (subject,) in rows)

    def first_subject(self, predicates: Collection[str], classes: Collection[str], dataset: str) -> str | None:
        """The first subject, in the order of `lines`, with one of the predicates, or with nothing but these classes."""
        relations = self._stating(dataset)
        listed = f"o IN {sql.texts(sorted(classes))}"
        for shard in self._shards(dataset):
            where = self._where(dataset, shard)
            found = [f"SELECT s FROM {relations[each]}{where}" for each in sorted(predicates) if each in relations]
            if classes and TYPE in relations:
                others = [f"SELECT s FROM {name}{where}" for each, name in relations.items() if each != TYPE]
                others.append(f"SELECT s FROM {relations[TYPE]}{self._where(dataset, shard, [f'NOT {listed}'])}")
                suspects = f"(SELECT s FROM {relations[TYPE]}{self._where(dataset, shard, [listed])})"
                found.append(sql.anti_join(suspects, f"({' UNION ALL '.join(others)})", "r.s = k.s"))
            ((first,),) = (
                self._queries.rows(f"SELECT min(s) FROM ({' UNION ALL '.join(found)})") if found else ((None,),)
            )
            if first is not None:
                return str(first)
        return None

    def _lines(self, relations: Mapping[str, str], where: str) -> list[str]:
        query = f"SELECT line FROM ({_line(relations, where)}) ORDER BY line"
        return [line for rows in self._rows(query, relations) for (line,) in rows]

    def _rows(self, query: str, relations: Mapping[str, str]) -> Iterator[list[Row]]:
        """The rows of a query on these relations; none without any."""
        return self._queries.batches(query, _BATCH) if relations else iter(())

    def _is(self, subject: str) -> str:
        """The condition for a subject, which skips the other shards."""
        term = sql.text(subject)
        return f"s = {term} AND h = {sql.shard(term, self._digits)}" if self._digits else f"s = {term}"

    def _shards(self, dataset: str | None) -> Sequence[str]:
        """Prefixes of h, as many as give each about 50,000 triples of the dataset, or of the catalogue."""
        return prefixes(self.shard_digits(dataset))

    def _groups(self, dataset: str | None) -> Iterator[Sequence[str]]:
        """The shards of each statement: several small ones, as many relations take as long as a shard or more."""
        shards = self._shards(dataset)
        rows = self._size(dataset) if len(shards) > 1 else 0
        count = max(1, len(shards) * _PART_ROWS // max(rows, 1))
        for start in range(0, len(shards), count):
            yield shards[start : start + count]

    def _part(self, dataset: str | None, shards: Sequence[str]) -> tuple[str, str]:
        """The condition for rows in shards that follow each other, and the start of their order."""
        order = f"{sql.substring('h', 1, self.shard_digits(dataset))}, " if len(shards) > 1 else ""
        return self._where(dataset, shards[0], last=shards[-1]), order

    def _where(
        self, dataset: str | None, shard: str = "", conditions: Sequence[str] = (), *, last: str | None = None
    ) -> str:
        """The condition for rows of a dataset, in a shard or those up to the last, that meet the conditions."""
        met = list(conditions)
        if shard:
            ends = ((shard, "0"), (last or shard, "f"))
            low, high = (sql.text(end.ljust(self._digits, digit)) for end, digit in ends)
            met.append(f"h BETWEEN {low} AND {high}")
        if dataset is not None:
            met.append(self._within(dataset))
        return f" WHERE {' AND '.join(met)}" if met else ""


def prefixes(digits: int) -> Sequence[str]:
    """All hexadecimal numbers with this many digits; the empty text for none."""
    return [format(number, f"0{digits}x") for number in range(16**digits)] if digits else [""]


def _line(relations: Mapping[str, str], where: str) -> str:
    """The distinct triples of the relations that meet the condition: h, s, and the line."""
    return " UNION ALL ".join(
        f"SELECT h, s, {sql.concat_known(['s', sql.text(f' {predicate} '), 'o', sql.text(' .')])} AS line "
        f"FROM (SELECT DISTINCT h, s, o FROM {relation}{where})"
        for predicate, relation in relations.items()
    )
