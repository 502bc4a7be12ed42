from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_opendata.errors import ConfigurationError
from st_opendata.system.matching import LONGEST, Matcher


@given(st.sampled_from(["[a-z]+", r"\d{2,3}", "a|ab", r"(\w)\1", "(?=a).*", "[^é]?"]), st.text("aab1é \n", max_size=8))
def test_matches_as_re_does(pattern: str, text: str) -> None:
    assert Matcher(pattern, re.ASCII).fullmatch(text) == bool(re.compile(pattern, re.ASCII).fullmatch(text))
    assert Matcher(pattern).search(text) == bool(re.search(pattern, text))


def test_what_takes_for_ever_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("st_opendata.system.matching.SECONDS", 0.2)
    matcher = Matcher("(?=a)(a|aa)+$")
    with pytest.raises(ConfigurationError, match="takes too long"):
        matcher.fullmatch("a" * 80 + "!")
    assert matcher.fullmatch("aaa")  # matchers are kept: the next run in the same process is answered as the first
    with pytest.raises(ConfigurationError, match="takes too long"):
        matcher.fullmatch("a" * 80 + "!")


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "(" * 2_000 + ")" * 2_000, "a" * (LONGEST + 1), "(x{1000}){1000}"])
def test_what_is_no_expression_or_too_large(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Matcher(pattern)
