from __future__ import annotations

import random
from difflib import get_close_matches

import pytest

from st_opendata.closeness import Closest

ALPHABETS = ("ab", "abcd", "0123456789", "aβ😀é", "abcdefghij-")


@pytest.mark.parametrize(
    "seed", [*range(40), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(40, 1500))]
)
def test_the_closest_word_is_that_of_difflib(seed: int) -> None:
    chance = random.Random(seed)
    letters, longest = chance.choice(ALPHABETS), chance.choice([3, 6, 12])

    def word() -> str:
        return "".join(chance.choices(letters, k=chance.randint(0, longest)))

    known = {word() for _ in range(chance.choice([0, 1, 5, 40, 150]))}
    cutoff = chance.choice([0.6, 0.75, 0.9])
    closest = Closest(known, cutoff)
    for _ in range(20):
        asked = word()
        if known and chance.random() < 0.5:  # a known word with some letters changed
            kept = chance.choice(sorted(known))
            asked = "".join(chance.choice(letters) if chance.random() < 0.2 else letter for letter in kept)
        assert closest.of(asked) == next(iter(get_close_matches(asked, known, n=1, cutoff=cutoff)), None)


def test_long_words_are_judged_as_difflib_judges_them() -> None:
    """From 200 characters on, difflib leaves out letters that are frequent."""
    known = ["ab" * 150 + letter for letter in "abcdefghijklmnopqrstuvwxyzäöüß0123456789"]
    asked = "ab" * 148 + "xyz"
    assert Closest(known, 0.6).of(asked) == next(iter(get_close_matches(asked, known, n=1)), None)
