"""One frozen settings object from flags, environment and an optional file; the first that has a value wins.

| setting | flag | environment | file (TOML, `st-opendata.toml` in the current folder or named by ST_SETTINGS) |
|---|---|---|---|
| language | --lang | ST_LANG, else LC_ALL, LC_MESSAGES, LANG | lang = "fr" |
| memory of the fact base, or of a query | --memory | ST_MEMORY | memory = "2GB" |
| threads of the fact base, and processes that write a release | --threads | ST_THREADS | threads = 2 |
| findings listed of a kind | --max-findings | ST_MAX_FINDINGS | max_findings = 1000 |
| instant stated as the release's | | SOURCE_DATE_EPOCH | |
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from st_opendata.errors import ConfigurationError, InputError, StError, UsageError
from st_opendata.messages.message import Message, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.findings import MAX_FINDINGS, NO_LIMIT
from st_opendata.model.text import LANGUAGES
from st_opendata.place import Place

FILE = "st-opendata.toml"
_KEYS = ("lang", "memory", "threads", "max_findings")
_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]+)?)\s?(?:([KMGT])(i?))?B", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the machine and the person; they never repeat the catalogue.

    `memory` is a size as DuckDB reads it (`1GB`, `512MiB`); `source_date_epoch` counts seconds since 1970 in UTC
    (reproducible-builds.org, SOURCE_DATE_EPOCH). `max_findings` are listed of each kind, and the others are counted.
    """

    language: str = "en"
    memory: str = "1GB"
    threads: int = 2
    max_findings: int = MAX_FINDINGS
    source_date_epoch: int | None = None

    @property
    def memory_bytes(self) -> int:
        """`memory` in bytes."""
        return read_size(self.memory) or 0

    @property
    def instant(self) -> str | None:
        """SOURCE_DATE_EPOCH as an ISO 8601 instant in UTC, None where it is not set."""
        if self.source_date_epoch is None:
            return None
        return datetime.fromtimestamp(self.source_date_epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_settings(
    flags: Mapping[str, str | None] | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """The settings for one command; `flags` has the keys of the file, None where not given.

    Raises:
        UsageError: a flag or a variable has a value that is not allowed.
        InputError, ConfigurationError: the file named by ST_SETTINGS cannot be read, or says something wrong.
    """
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    file, default = _read_file(environment), Settings()

    def first(key: str, fallback: str) -> str:
        return given.get(key) or environment.get(f"ST_{key.upper()}") or file.get(key) or fallback

    return Settings(
        language=_language(first("lang", _system_language(environment))),
        memory=_memory(first("memory", default.memory)),
        threads=_threads(first("threads", str(default.threads))),
        max_findings=_most_findings(first("max_findings", str(default.max_findings))),
        source_date_epoch=_epoch(environment.get("SOURCE_DATE_EPOCH")),
    )


def language_of_errors(arguments: Sequence[str] = (), environment: Mapping[str, str] = os.environ) -> str:
    """The language for errors of a command line, which may be the error; English if the settings are wrong."""
    given = [
        after if option == "--lang" else option.removeprefix("--lang=")
        for option, after in pairwise([*arguments, ""])
        if option.startswith("--lang")
    ]
    try:
        language = read_settings({}, environment).language
    except StError:
        language = "en"
    return next((value for value in reversed(given) if value in LANGUAGES), language)


def _read_file(environment: Mapping[str, str]) -> dict[str, str]:
    named = environment.get("ST_SETTINGS")
    path = Path(named or FILE)
    if not named and not path.is_file():
        return {}
    import tomllib  # only where there is a file: start-up stays short

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(
            message("the settings file cannot be read: {reason}", reason=system_reason(error)),
            place=Place(str(path)),
            remedy=message("Correct the variable ST_SETTINGS."),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            message("the settings file is not TOML: {reason}", reason=str(error)),
            place=Place(str(path)),
            remedy=message("Write each setting on a line, such as `{line}`.", line='lang = "fr"'),
        ) from error
    if unknown := sorted(set(content) - set(_KEYS)):
        raise ConfigurationError(
            message('unknown setting "{name}"', name=unknown[0]),
            place=Place(str(path)),
            remedy=message("Use only these settings: {names}.", names=", ".join(_KEYS)),
        )
    return {key: str(value) for key, value in content.items()}


def _system_language(environment: Mapping[str, str]) -> str:
    """The language of the locale if the program speaks it, else English (POSIX, Environment Variables, §8.2)."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    language = re.split("[_.@]", locale)[0]
    return language if language in LANGUAGES else "en"


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise UsageError(
            message('the program does not speak the language "{language}"', language=value),
            remedy=message("Choose one of: {languages}.", languages=", ".join(LANGUAGES)),
        )
    return value


def read_size(text: str) -> int | None:
    """A size of memory, `512MB` or `2GiB`, in bytes; None for any other text."""
    found = _SIZE.fullmatch(text)
    if not found:
        return None
    power = " KMGT".index((found[2] or " ").upper())
    unit: int = (1024 if found[3] else 1000) ** power
    return round(float(found[1]) * unit)


def _memory(value: str) -> str:
    if not read_size(value):
        raise UsageError(
            message('"{value}" is not a size of memory', value=value),
            remedy=message("Write a number and a unit, such as 512MB or 2GB."),
        )
    return value


def _threads(value: str) -> int:
    return _whole(value, message('"{value}" is not a number of threads', value=value), least=1)


def _most_findings(value: str) -> int:
    """The number; more than there can be for `all` and 0."""
    if value == "all":
        return NO_LIMIT
    return _whole(value, message('"{value}" is not a number of findings', value=value), least=0) or NO_LIMIT


def _whole(value: str, problem: Message, *, least: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", value) or int(value) < least:
        raise UsageError(problem, remedy=message("Give a whole number that is {least} or more.", least=least))
    return int(value)


def _epoch(value: str | None) -> int | None:
    if value is None:
        return None
    problem = message('the variable SOURCE_DATE_EPOCH has the value "{value}", which is not a time', value=value)
    seconds = _whole(value, problem, least=0)
    if seconds > 253402300799:
        raise UsageError(
            message("the time in the variable SOURCE_DATE_EPOCH is after the year 9999"),
            remedy=message("Give the number of seconds since 1970."),
        )
    return seconds
