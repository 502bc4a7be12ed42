"""JSON with indentation, several times faster than `json.dumps`, whose encoder in C writes one line only."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring


def indented_json(content: object, indent: int = 1) -> str:
    """The text that `json.dumps(content, ensure_ascii=False, indent=indent)` gives; keys are texts.

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
    _write(content, "\n", " " * indent, parts.append)
    return "".join(parts)


def _write(value: object, line: str, step: str, add: Callable[[str], object]) -> None:
    """Add the parts of a value; `line` is the line end and the indentation where the value begins."""
    inner = line + step
    if isinstance(value, dict) and value:
        start = "{" + inner
        for key, each in value.items():
            if type(each) is str:
                add(f"{start}{_key(key)}{encode_basestring(each)}")
            elif each is None:
                add(f"{start}{_key(key)}null")
            else:
                add(f"{start}{_key(key)}")
                _write(each, inner, step, add)
            start = "," + inner
        add(line + "}")
    elif isinstance(value, list | tuple) and value:
        start = "[" + inner
        for each in value:
            if type(each) is str:
                add(f"{start}{encode_basestring(each)}")
            else:
                add(start)
                _write(each, inner, step, add)
            start = "," + inner
        add(line + "]")
    elif type(value) is int:
        add(str(value))
    else:
        add(json.dumps(value, ensure_ascii=False))


@lru_cache(maxsize=1_000)
def _key(key: str) -> str:
    return f"{encode_basestring(key)}: "
