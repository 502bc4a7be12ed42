"""GeoJSON (RFC 7946): a feature collection of any size, read feature by feature.

`json` parses one feature at a time from a window over the text, so that memory is bounded by the longest feature. A
library that does the same, ijson, would be another dependency for about a hundred lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from st_opendata.messages.message import Message, message, number_text
from st_opendata.tables.features.records import Crs, Feature, FeaturesError, Layer, Numeral, RawGeometry, damaged

ID = "feature_id"
"""The column with the `id` of features, which is not one of their properties."""
LONGEST = 64_000_000
"""Characters of a feature."""
_WINDOW = 1 << 18
_BLANK = re.compile(r"[ \t\r\n]*")
_CRS = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:)?(?P<authority>[A-Za-z]+):(?:[0-9.]*:)?(?P<code>[A-Za-z0-9]+)"
    r"|https?://www\.opengis\.net/def/crs/(?P<of>[A-Za-z]+)/[0-9.]+/(?P<number>[A-Za-z0-9]+)"
)
_OTHER_TYPES = ("Feature", "Topology", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
                "MultiPolygon", "GeometryCollection")  # fmt: skip


def geojson_layer(path: Path) -> Layer:
    """The features of a file, after a first reading of all of it, which finds the names of their properties.

    Raises:
        FeaturesError: it is not a feature collection, or is damaged.
        OSError: it cannot be read.
    """
    names: dict[str, None] = {}
    has_ids = False
    with path.open(encoding="utf-8-sig", newline="") as file:
        document = _Document(file)
        for feature in document.features():
            has_ids = has_ids or feature.get("id") is not None
            properties = feature.get("properties")
            if isinstance(properties, dict) and not properties.keys() <= names.keys():
                names |= dict.fromkeys(properties)
        crs = _crs(document.members.get("crs"))
    columns = (*([ID] if has_ids else []), *names)
    return Layer(path.stem, columns, crs, lambda: _features(path))


def _features(path: Path) -> Iterator[Feature]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from map(_feature, _Document(file).features())


def _feature(found: dict[str, Any]) -> Feature:
    values = found.get("properties")
    values = values if isinstance(values, dict) else {}
    if found.get("id") is not None:
        values = {ID: found["id"], **values}
    geometry = found.get("geometry")
    if geometry is None:
        return Feature(values)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or (not isinstance(coordinates, list) and kind != "GeometryCollection"):
        return Feature(values, problem=message("it has no type or no coordinates"))
    return Feature(values, RawGeometry(kind, coordinates or []))


def _crs(value: object) -> Crs | None:
    """The system that a file from before 2016 states; RFC 7946 knows WGS 84 only."""
    if value is None:
        return None
    properties = value.get("properties") if isinstance(value, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _CRS.fullmatch(name) if isinstance(name, str) and not isinstance(name, Numeral) else None
    if found is None:
        raise FeaturesError(message("the member {member} does not name a coordinate system", member='"crs"'))
    authority, code = (found["authority"] or found["of"]).upper(), (found["code"] or found["number"]).upper()
    return None if (authority, code) in _DEGREES else Crs(f"{authority}:{code}", f"{authority}:{code}")


_DEGREES = {("OGC", "CRS84"), ("OGC", "CRS84H"), ("EPSG", "4326"), ("EPSG", "4979")}
"""Names of WGS 84; in GeoJSON the longitude comes first, whatever the register of EPSG says."""


class _Document:
    """A window over the text of a file that moves forward; `members` are those of the collection but the features."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._decoder = json.JSONDecoder(parse_float=Numeral, parse_int=Numeral, parse_constant=self._constant)
        self.members: dict[str, Any] = {}

    def features(self) -> Iterator[dict[str, Any]]:
        """The features; the other members are complete after the last one."""
        found = False
        self._expect("{", message("it is not a JSON object"))
        while not self._take("}"):
            name = self._value()
            if not isinstance(name, str):
                raise self._damaged()
            self._expect(":")
            if name == "features":
                found = True
                yield from self._array()
            else:
                self.members[name] = self._value()
            if not self._take(","):
                self._expect("}")
                break
        self._end(found=found)

    def _end(self, *, found: bool) -> None:
        self._skip()
        if self._at < len(self._text):
            raise FeaturesError(
                message("text follows after its end; a file of one feature a line is not GeoJSON"), self._here()
            )
        kind = self.members.get("type")
        if kind != "FeatureCollection" or not found:
            text = message("it is not a {kind} with {member}", kind="FeatureCollection", member='"features"')
            if kind in _OTHER_TYPES:
                text = message("it is one {kind}, not a {expected}", kind=kind, expected="FeatureCollection")
            raise FeaturesError(text)

    def _array(self) -> Iterator[dict[str, Any]]:
        self._expect("[")
        while not self._take("]"):
            self._skip()
            line = self._here()
            feature = self._value()
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                raise FeaturesError(message("an item of {member} is not a feature", member='"features"'), line)
            yield feature
            if not self._take(","):
                self._expect("]")
                return

    def _value(self) -> Any:  # noqa: ANN401 (any JSON)
        """The next value; more text is read as long as it is incomplete, twice as much each time."""
        self._skip()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    raise damaged(error.msg, self._line + self._text.count("\n", 0, error.pos)) from None
            except RecursionError:
                raise damaged("too many levels", self._here()) from None
            else:
                if self._ended or end < len(self._text):  # else a number may continue
                    self._at = end
                    return value
            self._fill()

    def _fill(self) -> None:
        """Drop the text before the place, and read as much as remains, at least a window."""
        self._line = self._here()
        self._text = self._text[self._at :]
        self._at = 0
        if len(self._text) > LONGEST:
            raise FeaturesError(
                message("a feature has more than {most} characters, or is damaged", most=number_text(LONGEST)),
                self._line,
            )
        try:
            more = self._file.read(max(len(self._text), _WINDOW))
        except UnicodeDecodeError:
            raise FeaturesError(message("it is not UTF-8, as GeoJSON has to be")) from None
        self._ended = not more
        self._text += more

    def _skip(self) -> None:
        """Move past blanks."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or self._ended:
                return
            self._fill()

    def _take(self, sign: str) -> bool:
        self._skip()
        if self._text[self._at : self._at + 1] != sign:
            return False
        self._at += 1
        return True

    def _expect(self, sign: str, problem: Message | None = None) -> None:
        if not self._take(sign):
            raise FeaturesError(problem, self._here()) if problem else self._damaged()

    def _here(self) -> int:
        return self._line + self._text.count("\n", 0, self._at)

    def _damaged(self) -> FeaturesError:
        if self._ended and self._at >= len(self._text):
            return FeaturesError(message("it ends too early"), self._here())
        return damaged(f"“{self._text[self._at : self._at + 20]}”", self._here())

    def _constant(self, name: str) -> NoReturn:
        raise damaged(name, self._here())
