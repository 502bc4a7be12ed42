"""Measure the guess of encodings on made-up tables in the languages of Europe, compared with general detectors.

usage: python bench/encodings/code_pages.py [--seed 1] [--seeds 1] [--files 2400] [--largest 100000] [--peers] [--show]

Each file is a table of towns, people and what towns count, in a language and an encoding that its spreadsheets write:
100 bytes to `--largest`, few and many letters beyond ASCII, quotes, dashes and euro signs, now and then a name of
another language. The words are those of code_pages.yaml and the names of countries, languages, months and currencies
that Babel has; the guess was made from neither. Right means that decoding gives the text back.

Prints, for languages known and unknown, files by language and by family of encodings: right, sure but wrong, not sure
though three letters or more are beyond ASCII. `--peers` adds charset-normalizer, chardet and cchardet where they are
installed; `--show` prints what was wrong or not sure. The exit code is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType

import yaml
from babel import Locale

from st_opendata.tables.encodings import EncodingGuess, guess_encoding

WORDS = Path(__file__).with_suffix(".yaml")
FAMILIES = {"windows": "Windows", "iso": "ISO 8859", "cp": "DOS", "mac": "Macintosh", "koi": "KOI8"}
GOAL_RIGHT, GOAL_UNSURE = 0.995, 0.05
SAID = 3
"""Letters beyond ASCII from which a guess should be sure."""
CEDILLAS = str.maketrans("șȘțȚ", "şŞţŢ")
"""The letters that a spreadsheet writes in place of Romanian ones that an encoding lacks."""

Detector = Callable[[bytes], str | None]


@dataclass(frozen=True)
class Made:
    """A table that was made up."""

    language: str
    encoding: str
    text: str

    @property
    def data(self) -> bytes:
        """The file."""
        return self.text.encode(self.encoding)

    @property
    def letters(self) -> int:
        """How many of its letters are beyond ASCII."""
        return sum(letter.isalpha() for letter in self.text if not letter.isascii())

    @property
    def family(self) -> str:
        """The family of its encoding."""
        return next(name for start, name in FAMILIES.items() if self.encoding.startswith(start))


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """By language: encodings, towns, people, others, and the names that Babel has."""
    content: dict[str, dict[str, str]] = yaml.safe_load(WORDS.read_text("utf-8"))
    found = {}
    for language, entry in content.items():
        found[language] = {key: text.split(" " if key == "encodings" else ", ") for key, text in entry.items()}
        found[language]["names"] = list(dict.fromkeys(_names(language)))
    return found


def _names(language: str) -> Iterator[str]:
    locale = Locale.parse(language.replace("-", "_"))
    for group in (locale.territories, locale.languages, locale.currencies):
        yield from (name for _, name in sorted(group.items()) if name)
    for months in locale.months.get("stand-alone", locale.months["format"]).values():
        yield from (name for _, name in sorted(months.items()) if len(name) > 2)


def make_files(seed: int, number: int, largest: int = 100_000) -> Iterator[Made]:
    """That many tables, the same for the same seed; each language and encoding in turn."""
    chance = random.Random(seed)
    pairs = [(language, encoding) for language, entry in words().items() for encoding in entry["encodings"]]
    for at in range(number):
        language, encoding = pairs[at % len(pairs)]
        while (made := Made(language, encoding, _text(chance, language, encoding, largest))).text.isascii():
            pass
        yield made


def _text(chance: random.Random, language: str, encoding: str, largest: int) -> str:
    size = int(100 * (largest / 100) ** chance.random())
    cells = _Cells(chance, language, encoding, few=chance.random() < 0.3)
    separator, end = chance.choice(";;,\t"), chance.choice(("\r\n", "\n"))
    width = chance.randint(2, 6)
    kinds = [chance.choice(("town", "person", "other", "name", "number", "sum")) for _ in range(width - 1)]
    lines = [separator.join(cells.title() for _ in range(width))]
    length = len(lines[0])
    while length < size:
        row = [str(len(lines)), *(cells.cell(kind) for kind in kinds)]
        lines.append(separator.join(f'"{cell}"' if separator in cell else cell for cell in row))
        length += len(lines[-1]) + len(end)
    return end.join([*lines, ""])


class _Cells:
    """Cells of a table: of a language, writable in an encoding."""

    def __init__(self, chance: random.Random, language: str, encoding: str, *, few: bool) -> None:
        self.chance, self.language, self.encoding, self.few = chance, language, encoding, few
        self.upper = chance.random() < 0.15
        self.foreign = chance.choice((0.0, 0.02, 0.1))
        self.signs = chance.choice((0.0, 0.05, 0.3))

    def title(self) -> str:
        """A title of the header."""
        title = self._word(self.chance.choice(("others", "names")))
        return self._capitals(title) if self.chance.random() < 0.2 else title

    def cell(self, kind: str) -> str:
        """A cell of that kind."""
        chance = self.chance
        if kind == "number" or (self.few and kind != "sum" and chance.random() < 0.8):
            return chance.choice((f"{chance.random() * 1000:.2f}", str(chance.randint(1, 99_999)), "A-12", "x"))
        if kind == "sum":
            return self._sum()
        word = self._word({"town": "towns", "person": "people", "other": "others", "name": "names"}[kind])
        if chance.random() < self.signs:
            word = self._signed(word)
        return self._capitals(word) if self.upper else word

    def _capitals(self, text: str) -> str:
        return self._written(text.upper()) or text

    def _word(self, group: str) -> str:
        chance, language = self.chance, self.language
        if chance.random() < self.foreign and group in ("towns", "people"):
            language = chance.choice(sorted(words()))
        for _ in range(20):
            word = chance.choice(words()[language][group])
            if written := self._written(word):
                return written
            if self.language != language and chance.random() < 0.5:
                language = self.language
        return "x"

    def _written(self, text: str) -> str | None:
        """The text in the letters of the encoding; None if it lacks one."""
        for each in (text, text.translate(CEDILLAS)):
            try:
                each.encode(self.encoding)
            except UnicodeEncodeError:
                continue
            return each
        return None

    def _sum(self) -> str:
        number = self.chance.randint(1, 900_000)
        forms = [f"{number} €", f"{number:,}".replace(",", "\u00a0"), f"{number / 100:.2f}", f"{number % 40} °C"]
        return self._written(self.chance.choice(forms)) or str(number)

    def _signed(self, word: str) -> str:
        forms = [f"„{word}“", f"“{word}”", f"«{word}»", f"« {word} »", f"{word} – 2", f"{word}…", f"({word})"]
        forms += [f"{word} n° 4", f"’{word}’", f"{word}, 12 m²", f"– {word}", f"{word} (50 €)", f"§ 5 {word}"]
        return self._written(self.chance.choice(forms)) or word


@dataclass
class Tally:
    """The results for files."""

    files: int = 0
    right: int = 0
    wrong: int = 0
    """Wrong, though sure."""
    said: int = 0
    """Of three letters or more beyond ASCII."""
    unsure: int = 0
    """Not sure, of those."""

    def add(self, *, right: bool, sure: bool, said: bool) -> None:
        """One file."""
        self.files += 1
        self.right += right
        self.wrong += sure and not right
        self.said += said
        self.unsure += said and not sure

    def __str__(self) -> str:
        share = 100 * self.right / max(1, self.files)
        doubt = 100 * self.unsure / max(1, self.said)
        return f"{self.files:6} {self.right:6} {share:7.2f} {self.wrong:6} {doubt:7.2f}"

    @property
    def good(self) -> bool:
        """Whether the goals are met."""
        return self.right >= GOAL_RIGHT * self.files and not self.wrong and self.unsure <= GOAL_UNSURE * self.said


def decodes(data: bytes, encoding: str | None, text: str) -> bool:
    """Whether the encoding gives the text back."""
    try:
        return encoding is not None and data.decode(encoding) == text
    except (UnicodeError, LookupError):
        return False


def guess(made: Made, folder: Path, *, known: bool) -> EncodingGuess:
    """The guess for a made-up file, which is written to the folder."""
    path = folder / "made.csv"
    path.write_bytes(made.data)
    return guess_encoding(path, (made.language,) if known else ())


def peers() -> dict[str, Detector]:
    """The detectors that are installed."""
    modules: dict[str, ModuleType] = {}
    for name in ("charset_normalizer", "chardet", "cchardet"):
        try:
            modules[name] = __import__(name)
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
    return {name: partial(_detected, module) for name, module in modules.items()}


def _detected(module: ModuleType, data: bytes) -> str | None:
    encoding: str | None = module.detect(data)["encoding"]
    return encoding


def measure(files: Sequence[Made], *, known: bool, show: bool) -> dict[str, Tally]:
    """Tallies by language, by family, and of all."""
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        for made in files:
            found = guess(made, Path(folder), known=known)
            right = decodes(made.data, found.encoding, made.text)
            for key in (made.language, made.family, "all"):
                tally = tallies.setdefault(key, Tally())
                tally.add(right=right, sure=found.sure, said=made.letters >= SAID)
            if show and not (right and (found.sure or made.letters < SAID)):
                told = "sure" if found.sure else "not sure"
                sample = "".join(each for each in made.text if not each.isascii())[:30]
                size = len(made.data)
                print(f"  {made.language} {made.encoding} -> {found.encoding} ({told}; {found.other}) {size} {sample}")
    return tallies


def report(tallies: dict[str, Tally], heading: str) -> None:
    """Print a table."""
    print(f"\n{heading:24} files  right       % wrong!  unsure %")
    order = [*sorted(words()), *FAMILIES.values(), "all"]
    for key in (key for key in order if key in tallies):
        print(f"{key:22} {tallies[key]}")


def compare(files: Sequence[Made]) -> None:
    """Print how many files each detector has right, by family."""
    for name, detector in peers().items():
        start, right = time.perf_counter(), Counter[str]()
        for made in files:
            right[made.family] += decodes(made.data, detector(made.data), made.text)
        told = ", ".join(f"{family} {number}" for family, number in sorted(right.items()))
        share, seconds = 100 * right.total() / len(files), time.perf_counter() - start
        print(f"{name:22} {len(files):6} {right.total():6} {share:7.2f}   ({told}; {seconds:.0f} s)")


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, from that one on")
    parser.add_argument("--files", type=int, default=2400, help="files of each seed")
    parser.add_argument("--largest", type=int, default=100_000, help="bytes")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.seeds)
    files = [made for seed in seeds for made in make_files(seed, options.files, options.largest)]
    good = True
    for known in (True, False):
        start = time.perf_counter()
        tallies = measure(files, known=known, show=options.show)
        heading = f"language {'known' if known else 'unknown'}"
        report(tallies, heading)
        print(f"{heading}, seeds {seeds.start} to {seeds.stop - 1}: {time.perf_counter() - start:.0f} s")
        good &= tallies["all"].good if known else not tallies["all"].wrong
    if options.peers:
        compare(files)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
