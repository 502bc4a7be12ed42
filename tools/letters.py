"""Writes src/st_opendata/tables/encodings/letters.json: how often letters follow each other, language by language.

`python3 tools/letters.py ANNOTATIONS MISC`, where these are the unpacked npm packages cldr-annotations-full 48.2.0
(names of pictograms and words about them, about 4,000 in each language) and cldr-misc-full 48.2.0 (exemplar characters)
of the Unicode Consortium, Unicode License v3. Costs are negative logarithms of probabilities in half units, one digit
of base 36 each (Witten-Bell smoothing over different words).
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src" / "st_opendata" / "tables" / "encodings" / "letters.json"
SOURCE = (
    "Unicode CLDR 48.2 (npm cldr-annotations-full, cldr-misc-full), Copyright 1991-2026 Unicode, Inc., "
    "Unicode License v3 (https://www.unicode.org/license.txt); counted by tools/letters.py"
)
LANGUAGES = (
    *("be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "is"),
    *("it", "lt", "lv", "mk", "mt", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sr-Latn", "sv"),
    *("tr", "uk"),
)
MAIN, AUXILIARY = 2.0, 0.2
"""What a letter counts of which no word is: one of the language, and one of words that it has taken over."""
RAREST, LIKE_BARE = 0.0003, 0.5
"""The smallest share of a letter of the language; how much of it stands where the letter without the mark stands."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def main(annotations: Path, misc: Path) -> None:
    """Write the file."""
    languages = {language: counted(language, annotations, misc) for language in LANGUAGES}
    text = json.dumps({"source": SOURCE, "languages": languages}, ensure_ascii=False, indent=0, sort_keys=True)
    TARGET.write_text(text + "\n", "utf-8", newline="\n")


def counted(language: str, annotations: Path, misc: Path) -> dict[str, str]:
    """By each letter (a space for the start of a word) the letters after it with their costs.

    The row of a letter begins with what a pair adds that no word has, and the row "" has the costs of letters alone.
    """
    name = "nb" if language == "no" else language
    described = json.loads((misc / "main" / name / "characters.json").read_text("utf-8"))
    found = described["main"][name]["characters"]
    main = exemplars(found["exemplarCharacters"])
    alone = dict.fromkeys(exemplars(found["auxiliary"]), AUXILIARY) | dict.fromkeys(main, MAIN) | {" ": 0.0}
    pairs: dict[str, dict[str, float]] = {letter: {} for letter in alone}
    for word in words(json.loads((annotations / "annotations" / language / "annotations.json").read_text("utf-8"))):
        if set(word) <= alone.keys():
            for before, after in zip(f" {word}", f"{word} ", strict=True):
                alone[after] += 1
                pairs[before][after] = pairs[before].get(after, 0.0) + 1
    kinds = {before: max(1, len(after)) for before, after in pairs.items()}
    spread(alone, pairs, main)
    total = sum(alone.values())
    rows = {"": written({letter: count / total for letter, count in alone.items()})}
    for before, followers in sorted(pairs.items()):
        number = sum(followers.values()) + kinds[before]
        if followers:
            share = kinds[before] / number
            rest = {after: share * alone[after] / total for after in followers}
            costs = {after: count / number + rest[after] for after, count in followers.items()}
            rows[before] = cost(share) + written(
                {each: costs[each] for each in costs if costs[each] > 1.6 * rest[each]}
            )
    return rows


def spread(alone: dict[str, float], pairs: dict[str, dict[str, float]], main: set[str]) -> None:
    """Give letters with a mark the pairs of the letters without it, in proportion to their frequency."""
    total = sum(alone.values())
    for letter in sorted(main):
        bare = unicodedata.normalize("NFD", letter)[0]
        if bare == letter or not alone.get(bare):
            continue
        alone[letter] = max(alone[letter], RAREST * total)
        share = LIKE_BARE * alone[letter] / alone[bare]
        for followers in pairs.values():
            if bare in followers:
                followers[letter] = followers.get(letter, 0.0) + share * followers[bare]
        for after, count in pairs[bare].items():
            pairs[letter][after] = pairs[letter].get(after, 0.0) + share * count


def words(content: dict[str, Any]) -> Iterator[str]:
    """All different words, in small letters."""
    texts = (text for each in content["annotations"]["annotations"].values() for key in each for text in each[key])
    found = {word for text in texts for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower())}
    return iter(sorted(found))


def exemplars(text: str) -> set[str]:
    """The letters of a set of CLDR, single ones, those of its groups too."""
    return {letter for letter in unicodedata.normalize("NFC", text).lower() if letter.isalpha()}


def written(shares: dict[str, float]) -> str:
    """Letters with their costs."""
    return "".join(letter + cost(share) for letter, share in sorted(shares.items()))


def cost(share: float) -> str:
    """The digit of a probability."""
    return DIGITS[min(len(DIGITS) - 1, round(-2 * math.log(share)))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
