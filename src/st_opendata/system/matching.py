"""Regular expressions from users, matched within a time limit.

An expression such as `(a+)+b` takes twice as long for each further letter: a cell of thirty would keep the program busy
for minutes (CWE-1333). An expression is valid if Python's `re` accepts it; `regex` matches, since it has a time limit.
"""

from __future__ import annotations

import re
import time
from typing import Protocol

import regex

from st_opendata.errors import ConfigurationError, MessageError
from st_opendata.messages.message import message, verbatim

LONGEST = 5_000
"""Characters of an expression."""
MOST_STEPS = 50_000
"""Characters and sets of an expression with its counted repetitions written out, which engines do: a{2}b is three."""
SECONDS = 2.0
"""Total time that an expression may take for all texts that it is slow at."""
_QUICK = 0.001
"""Seconds for a text that do not count: a long table may have millions."""


class _Match(Protocol):
    def __call__(self, string: str, *, timeout: float) -> object: ...


class Matcher:
    """An expression in Python's syntax; `flags` are those of `re`, such as `re.ASCII`."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """Raises MessageError for text that is not a regular expression, or for one that is too large to compile."""
        if len(pattern) > LONGEST:
            raise MessageError(message("it is longer than {most} characters", most=f"{LONGEST:,}"))
        if _steps(pattern) > MOST_STEPS:
            raise MessageError(
                message("its repetitions, written out, are more than {most} steps", most=f"{MOST_STEPS:,}")
            )
        try:
            re.compile(pattern, flags)
            self._compiled = regex.compile(pattern, _translate(flags) | regex.V0)
        except (re.error, regex.error) as error:
            raise MessageError(verbatim(str(error))) from None
        except (RecursionError, OverflowError, MemoryError):
            raise MessageError(message("it nests or repeats too much")) from None
        self._left = SECONDS

    def fullmatch(self, text: str) -> bool:
        """True if the whole text matches; raises ConfigurationError if that takes too long."""
        return self._match(self._compiled.fullmatch, text)

    def search(self, text: str) -> bool:
        """True if some part of the text matches; raises ConfigurationError if that takes too long."""
        return self._match(self._compiled.search, text)

    def _match(self, match: _Match, text: str) -> bool:
        begun = time.monotonic()
        try:
            found = match(text, timeout=max(self._left, _QUICK)) is not None
        except TimeoutError:
            self._left = 0.0
        else:
            self._left -= max(0.0, time.monotonic() - begun - _QUICK)
        if self._left <= 0:
            self._left = SECONDS  # the next call is another run in the same process, and gets the same answer
            raise ConfigurationError(
                message(
                    'the regular expression "{pattern}" takes too long for some texts',
                    pattern=self._compiled.pattern[:80],
                ),
                remedy=message("Write it so that a text can match in only one way: a+ instead of (a+)+."),
            )
        return found


_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{([0-9]+)(?:,([0-9]*))?\}|.", re.DOTALL)


def _steps(pattern: str) -> int:
    """The size of the expression with its counted repetitions, groups in groups, written out."""
    open_groups, last = [0], 0
    for part in _PART.finditer(pattern):
        if part[0] == "(":
            open_groups.append(0)
        elif part[0] == ")" and len(open_groups) > 1:
            last = open_groups.pop()
            open_groups[-1] += last
        elif part[1]:
            times = max(1, int((part[2] or part[1])[:9]))
            open_groups[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            open_groups[-1] += 1
    return sum(open_groups)


_FLAGS = {
    re.ASCII: regex.ASCII,
    re.IGNORECASE: regex.IGNORECASE,
    re.MULTILINE: regex.MULTILINE,
    re.DOTALL: regex.DOTALL,
    re.VERBOSE: regex.VERBOSE,
}


def _translate(flags: int) -> int:
    """The flags of `re` as those of `regex`."""
    return sum(int(other) for flag, other in _FLAGS.items() if flags & flag)
