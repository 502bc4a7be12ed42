"""JSON with indentation, several times faster than `json.dumps`, whose encoder in C writes one line only."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring


def indented_json(content: object) -> str:
    """The text that `json.dumps(content, ensure_ascii=False, indent=1)` gives; keys are texts.

    >>> print(indented_json({"a": [1, None, []]}))
    {
     "a": [
      1,
      null,
      []
     ]
    }
    """
    parts: list[str] = []
    _write(content, "\n", parts.append)
    return "".join(parts)


def _write(value: object, line: str, add: Callable[[str], object]) -> None:
    """Add the parts of a value; `line` is the line end and the indentation where the value begins."""
    if isinstance(value, str):
        add(encode_basestring(value))
    elif value is None:
        add("null")
    elif isinstance(value, dict) and value:
        inner = line + " "
        start = "{" + inner
        for key, each in value.items():
            add(f"{start}{encode_basestring(key)}: ")
            _write(each, inner, add)
            start = "," + inner
        add(line + "}")
    elif isinstance(value, list | tuple) and value:
        inner = line + " "
        start = "[" + inner
        for each in value:
            add(start)
            _write(each, inner, add)
            start = "," + inner
        add(line + "]")
    else:
        add(json.dumps(value, ensure_ascii=False))
