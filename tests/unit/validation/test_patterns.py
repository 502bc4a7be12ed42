from __future__ import annotations

import pytest

from st_opendata.validation.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "flags", "matching", "other"),
    [
        (r"^\p{Lu}\p{Ll}+$", "", "Évry", "évry"),
        (r"^\P{Lu}+$", "", "évry", "Évry"),
        (r"^[a-z-[aeiou]]+$", "", "xyz", "abc"),
        (r"^\i\c*$", "", "a-b", "-b"),
        (r"^\p{IsGreek}+$", "", "αβ", "ab"),
        ("^[0-9]+$", "", "12", "12\n"),
        ("^[0-9]+$", "m", "x\n12\ny", "x"),
        ("^a.c$", "", "abc", "a\nc"),
        ("^a.c$", "s", "a\nc", "ac"),
        ("^a b [ ] c$", "x", "ab c", "a b c"),
        ("^LYON$", "i", "Lyon", "Wien"),
        ("^(?!x)a", "", "ab", "xa"),
        (r"\bLyon\b", "", "à Lyon", "Lyonnais"),
        ("^[a-z_-]+$", "", "a-b_c", "a b"),
    ],
)
def test_patterns_are_those_of_xpath(pattern: str, flags: str, matching: str, other: str) -> None:
    compiled = compile_pattern(pattern, flags)
    assert compiled.search(matching)
    assert not compiled.search(other)


@pytest.mark.parametrize(("pattern", "flags"), [("(", ""), (r"\p{Xy}", ""), ("[z-a]", ""), ("a", "g"), ("a{2,1}", "")])
def test_what_is_no_pattern_is_a_value_error(pattern: str, flags: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern, flags)
