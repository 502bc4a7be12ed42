"""Messages between the server and a worker: a request one way; a head, pieces of a body and an end back."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import asdict, dataclass, fields
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

from st_opendata.errors import InputError, StError
from st_opendata.messages.message import message_of, verbatim
from st_opendata.place import Place

_FRAME = struct.Struct(">cI")
_VARYING = re.compile(r"\b(?:rand|now|uuid|struuid|bnode)\b", re.IGNORECASE)
"""Functions whose value differs from call to call (SPARQL 1.1 §17.4)."""

FRAME_HEAD = _FRAME.size
MESSAGE = 64 * 1024
"""Bytes: the largest message between server and fork server, and the size at which a worker sends its output."""


class FrameType(Enum):
    """The parts of an answer: `HEAD` and `DATA` if there is an answer, then always `END`."""

    REQUEST = b"Q"
    HEAD = b"H"
    DATA = b"D"
    END = b"E"


class Shortage(StrEnum):
    """The resource that a worker lacked when it died."""

    MEMORY = "memory"
    STACK = "stack"


@dataclass(frozen=True, slots=True)
class Serialization:
    """The syntax of a result, and the media type that its client asked for."""

    form: str
    media_type: str


@dataclass(frozen=True)
class QueryRequest:
    """A query with everything that its answer depends on, except the store.

    `default_graphs` and `named_graphs` are the protocol's dataset (SPARQL 1.1 Protocol §2.1.4), both None if the
    client gives none. `solutions` and `triples` state how to write either kind of result, None if the client accepts
    none of that kind. `rows` and `size` (bytes before compression) are the limits of the answer.
    """

    text: str
    solutions: Serialization | None = None
    triples: Serialization | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    base: str | None = None
    encoding: str | None = None
    rows: int = 0
    size: int = 0

    @cached_property
    def is_deterministic(self) -> bool:
        """Whether the same query always has the same answer."""
        return not _VARYING.search(self.text)

    @cached_property
    def encoded(self) -> bytes:
        """The request as JSON; different requests have different texts."""
        content = {field.name: getattr(self, field.name) for field in fields(self)}
        for key in ("solutions", "triples"):
            content[key] = content[key] and [content[key].form, content[key].media_type]
        return json.dumps(content).encode()

    @classmethod
    def decode(cls, data: bytes) -> QueryRequest:
        """The request from the text of `encoded`."""
        content: dict[str, Any] = json.loads(data)
        for key in ("solutions", "triples"):
            content[key] = content[key] and Serialization(*content[key])
        for key in ("default_graphs", "named_graphs"):
            content[key] = content[key] if content[key] is None else tuple(content[key])
        return cls(**content)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an answer: its media type, and its content coding or None."""

    media_type: str
    encoding: str | None = None


def error_content(error: StError) -> dict[str, object]:
    """The error of a process that could not start, as values for JSON, for `error_of`; long texts are truncated."""
    place, remedy = error.place and asdict(error.place), error.remedy and error.remedy.content()
    content: dict[str, object] = {"message": error.message.content(), "place": place, "remedy": remedy}
    if len(json.dumps(content)) <= MESSAGE // 2:
        return content
    text = verbatim(f"{error.message_text()[: MESSAGE // 16]} …")
    return {"message": text.content(), "place": None, "remedy": None}


def error_of(content: dict[str, Any]) -> InputError:
    """The error that `error_content` has written."""
    place, remedy = content["place"], content["remedy"]
    return InputError(
        message_of(content["message"]),
        place=Place(**place) if place else None,
        remedy=message_of(remedy) if remedy else None,
    )


def frame(kind: FrameType, payload: bytes) -> bytes:
    """The bytes of a frame."""
    return _FRAME.pack(kind.value, len(payload)) + payload


def read_head(head: bytes) -> tuple[FrameType, int]:
    """The type of the frame with these `FRAME_HEAD` bytes, and the number of its further bytes."""
    kind, size = _FRAME.unpack(head)
    return FrameType(kind), size
