"""A mapping of a description, read key by key; each problem is noted with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from st_opendata.documents.document import Steps
from st_opendata.documents.problems import Problems
from st_opendata.messages.message import Message, message
from st_opendata.model.text import Text, is_language_tag
from st_opendata.spelling import hint


class Fields:
    """The keys of the mapping at `loc` of a document. Each reader gives back an empty value after noting a problem."""

    def __init__(self, data: dict[str, Any], loc: Steps, problems: Problems) -> None:
        self._data = data
        self._loc = tuple(loc)
        self._problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def filled(self, data: dict[str, Any]) -> Fields:
        """The same mapping with these values for the keys that it does not have."""
        return Fields({**data, **self._data}, self._loc, self._problems)

    def replaced(self, key: str, value: object) -> Fields:
        """The same mapping with this value under the key."""
        return Fields({**self._data, key: value}, self._loc, self._problems)

    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._data)

    @property
    def noted(self) -> int:
        """The number of problems of the document so far."""
        return len(self._problems)

    def problem(self, problem: Message, *steps: str | int) -> None:
        """Note a problem with the value under `steps`."""
        self._problems.add((*self._loc, *steps), problem)

    def only(self, known: Iterable[str]) -> None:
        """Note each key that is not known, with the nearest one that is."""
        candidates = tuple(known)
        for key in self._data:
            if key not in candidates:
                self.problem(message('the key "{key}" is unknown{hint}', key=key, hint=hint(key, candidates)), key)

    def known(self, column: str, names: Iterable[str], key: str) -> None:
        """Note the name of a column under `key` that is not one of `names`."""
        candidates = tuple(names)
        if column not in candidates:
            near = hint(column, candidates)
            self.problem(message('there is no column "{column}"{hint}', column=column, hint=near), key)

    def value(self, key: str) -> object:
        """The value as it is written; None if the key is missing."""
        return self._data.get(key)

    def is_text(self, key: str) -> bool:
        """True where the value is plain text, not keys or a list."""
        return isinstance(self._data.get(key), str)

    def text(self, key: str, *, required: bool = True) -> str | None:
        """Plain text."""
        value = self._data.get(key)
        if value is None:
            if required:
                self.problem(message('the key "{key}" is missing', key=key), key)
            return None
        if not isinstance(value, str):
            self.problem(message('"{key}" must be plain text', key=key), key)
            return None
        if required and not value:
            self.problem(message('"{key}" is empty', key=key), key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self._data.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            self.problem(message('"{key}" must be a text or a list of texts', key=key), key)
            return ()
        return tuple(values)

    def flag(self, key: str) -> bool:
        """`true` or `false`, false where it is left out."""
        value = self._data.get(key, "false")
        if value not in ("true", "false"):
            self.problem(message('"{key}" must be true or false', key=key), key)
        return bool(value == "true")

    def number(self, key: str) -> int | None:
        """A whole number from 0."""
        value = self._data.get(key)
        if value is None:
            return None
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
            self.problem(message('"{key}" must be a whole number below a billion', key=key), key)
            return None
        return int(value)

    def local_text(self, key: str) -> Text:
        """A text by language, or one text without (language `und`)."""
        value = self._data.get(key, {})
        if isinstance(value, str):
            return {"und": value}
        if not isinstance(value, dict) or not all(isinstance(text, str) and text for text in value.values()):
            example = "{en: City, fr: Ville}"
            self.problem(message('"{key}" must be a text by language, as in {example}', key=key, example=example), key)
            return {}
        for tag in value:
            if not is_language_tag(tag):
                self.problem(message('"{tag}" is not a language tag, as en or de-AT is', tag=tag), key, tag)
        return value

    def below(self, key: str) -> Fields | None:
        """The mapping under `key`."""
        value = self._data.get(key)
        if isinstance(value, dict):
            return Fields(value, (*self._loc, key), self._problems)
        if value is None:
            self.problem(message('the key "{key}" is missing', key=key), key)
        else:
            self.problem(message('"{key}" must have keys, not a text or list', key=key), key)
        return None

    def list_of_fields(self, key: str) -> list[Fields]:
        """The mappings in the list under `key`; empty where it is left out."""
        value = self._data.get(key, [])
        if not isinstance(value, list):
            self.problem(message('"{key}" must be a list', key=key), key)
            return []
        found = []
        for number, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Fields(item, (*self._loc, key, number), self._problems))
            else:
                self.problem(message('each entry of "{key}" must have keys', key=key), key, number)
        return found
