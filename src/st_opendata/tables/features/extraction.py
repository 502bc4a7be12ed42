"""A layer of features written as CSV for the engine: a row for each feature, its geometry as WKT in the last column.

Row 1 is the first feature, so that a finding names the number of a feature and the name of its property.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, message, number_text
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column, Dialect, Table
from st_opendata.place import Place
from st_opendata.spelling import nearest
from st_opendata.tables.copies import copy_path
from st_opendata.tables.features.coordinates import Conversion, MissingPackageError
from st_opendata.tables.features.geometries import GeometryWriter
from st_opendata.tables.features.layers import GEOMETRY, layer_names, open_layer
from st_opendata.tables.features.records import Feature, FeaturesError, Layer, cell_of, json_of
from st_opendata.tables.titles import cleaned

_LISTED = 100
"""Wrong geometries that are listed; one more finding has the number of the others."""
LONGEST_ROW = 3_500_000
"""Characters of a row; the engine reads lines of four million bytes."""


def extract_layer(table: Table, folder: Path) -> tuple[Table | None, list[Finding]]:
    """The table as one of a CSV file in `folder`, which the caller removes, with the findings about its features.

    None if nothing can be read.

    Raises:
        OSError: a file cannot be read or written.
    """
    assert table.layer is not None
    crs = None
    try:
        names = layer_names(table.path)
        name = table.layer.name or (names[0] if len(names) == 1 else "")
        if name not in names:
            return None, [_which(table, names, name)]
        layer = open_layer(table.path, name)
        crs = layer.crs
        conversion = Conversion(crs) if crs and layer.located else None
        writer = _Writer(table, layer, GeometryWriter(conversion))
        path = copy_path(table, folder, "features.csv")
        writer.write(path)
        return replace(table, path=path, dialect=Dialect()), writer.findings(conversion)
    except FeaturesError as error:
        place = Place(table.file, line=error.line)
        return None, [finding("features-unreadable", (place,), dataset=table.dataset, reason=error.message)]
    except MissingPackageError:
        assert crs
        return None, [finding("features-package", (table.place(),), dataset=table.dataset, crs=crs.name)]
    except MessageError as error:
        return None, [finding("features-crs", (table.place(),), dataset=table.dataset, reason=error.message)]


def _which(table: Table, names: list[str], name: str) -> Finding:
    layers = ", ".join(names)
    if not name:
        return finding("layer-unnamed", (table.place(),), dataset=table.dataset, layers=layers)
    fields = {"layer": name, "layers": layers, "near": nearest(name, names)}
    return finding("layer-missing", (table.place(),), dataset=table.dataset, **fields)


@dataclass(slots=True)
class _Count:
    """How many features have something, and the first of them."""

    number: int = 0
    first: int = 0

    def add(self, row: int) -> None:
        self.first = self.first or row
        self.number += 1


@dataclass(slots=True)
class _Seen:
    """Counts of the contents that cells cannot hold, and wrong geometries."""

    missing: _Count = field(default_factory=_Count)
    heights: _Count = field(default_factory=_Count)
    wrong: _Count = field(default_factory=_Count)
    nested: dict[str, _Count] = field(default_factory=dict)
    binary: dict[str, _Count] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)


class _Writer:
    """Writes the features of a layer as rows, and notes what they have that the rows do not."""

    def __init__(self, table: Table, layer: Layer, geometries: GeometryWriter) -> None:
        self._table, self._layer, self._geometries = table, layer, geometries
        self._seen = _Seen()
        by_title = {cleaned(title): column for column in table.source_columns for title in column.titles.values()}
        by_title |= {column.name: column for column in table.source_columns}
        self._separators = {name: _separator(by_title.get(cleaned(name))) for name in layer.columns}
        self._required = GEOMETRY in by_title and by_title[GEOMETRY].required

    def write(self, path: Path) -> None:
        """Write the header and a row for each feature.

        Raises:
            FeaturesError: a value has half of a character, or is nested too deeply.
        """
        row = 0
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            try:
                for row, cells in enumerate(self._rows()):  # noqa: B007 (the errors name it)
                    writer.writerow(cells)
            except UnicodeEncodeError as error:
                code = f"U+{ord(error.object[error.start]):X}"
                raise FeaturesError(
                    message("feature {number} has {code}, which is half of a character", number=max(row, 1), code=code)
                ) from None
            except RecursionError:
                raise FeaturesError(message("feature {number} has too many levels", number=row + 1)) from None

    def _rows(self) -> Iterator[list[str]]:
        located = self._layer.located
        yield [*map(cleaned, self._layer.columns), *([GEOMETRY] if located else [])]
        for row, feature in enumerate(self._layer.features(), 1):
            cells = [self._cell(feature.values, name, row) for name in self._layer.columns]
            cells += [self._wkt(feature, row)] if located else []
            if sum(map(len, cells)) > LONGEST_ROW:
                self._problem(row, message("the row has more than {most} characters", most=number_text(LONGEST_ROW)))
                cells = [""] * len(cells)
            yield cells

    def _cell(self, values: Mapping[str, Any], name: str, row: int) -> str:
        value = values.get(name)
        if isinstance(value, bytes):
            self._seen.binary.setdefault(name, _Count()).add(row)
            return ""
        cell = cell_of(value, self._separators[name])
        if cell is None:
            self._seen.nested.setdefault(name, _Count()).add(row)
            return json_of(value)
        return cell

    def _wkt(self, feature: Feature, row: int) -> str:
        if feature.problem:
            self._problem(row, feature.problem)
            return ""
        try:
            written = self._geometries.write(feature.geometry) if feature.geometry else None
        except MessageError as error:
            self._problem(row, error.message)
            return ""
        if written is None:
            self._seen.missing.add(row)
            return ""
        if written.has_height:
            self._seen.heights.add(row)
        return written.wkt

    def _problem(self, row: int, reason: Message) -> None:
        self._seen.wrong.add(row)
        if self._seen.wrong.number <= _LISTED:
            place = (self._table.place(row, GEOMETRY),)
            self._seen.problems.append(finding("geometry-wrong", place, dataset=self._table.dataset, reason=reason))

    def findings(self, conversion: Conversion | None) -> list[Finding]:
        """The findings about the layer, then those about its features."""
        return [*self._of_layer(conversion), *self._seen.problems, *self._of_features()]

    def _of_layer(self, conversion: Conversion | None) -> Iterator[Finding]:
        if conversion and self._layer.crs:
            fields = {"crs": self._layer.crs.name, "accuracy": conversion.accuracy}
            place = self._table.place(None, GEOMETRY)
            yield finding("geometry-converted", (place,), dataset=self._table.dataset, **fields)

    def _of_features(self) -> Iterator[Finding]:
        table, seen = self._table, self._seen
        if seen.wrong.number > _LISTED:
            more = {"kind": "geometry-wrong", "count": seen.wrong.number - _LISTED}
            yield finding("findings-more", (table.place(),), dataset=table.dataset, **more)
        counts = [("geometry-missing", GEOMETRY, seen.missing), ("geometry-height", GEOMETRY, seen.heights)]
        if self._required:  # each empty cell is a violation
            del counts[0]
        counts += [("property-nested", name, count) for name, count in seen.nested.items()]
        counts += [("property-binary", name, count) for name, count in seen.binary.items()]
        for code, name, count in counts:
            if count.number:
                place = table.place(count.first, cleaned(name))
                yield finding(code, (place,), dataset=table.dataset, title=cleaned(name), count=count.number)


def _separator(column: Column | None) -> str | None:
    return column.separator if column else None
