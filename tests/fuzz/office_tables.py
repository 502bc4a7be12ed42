"""Made-up tables as offices publish them, with the rows of data known: titles, groups, units, blank rows, totals, notes.

    python tests/fuzz/office_tables.py --seed 7 --count 300        # prints what is wrong, and keeps the files
    python tests/fuzz/office_tables.py --seed 7 --count 60 --build # each is also built as a release

Each goes through `init` and is read again without an edit; then the file of the next month, with other numbers of
titles, rows and notes, is read with the same description. No row of data may be lost, no other row published.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from stream_write_ods import stream_write_ods

from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.facts import load_facts
from st_opendata.model.findings import Severity, conforms

Value = str | int | Decimal | None
Row = list[Value]

WORDS: dict[str, dict[str, str]] = {
    language: dict(zip(("place", "men", "women", "area", "note", "title", "source", "as_of", "star", "total"), words, strict=True))
    for language, words in {
        "de": ("Stadtteil", "Männer", "Frauen", "Fläche", "Bemerkung", "Bevölkerung nach Stadtteilen", "Quelle: Amt für Statistik", "Stand: 31.12.2024", "* vorläufige Zahlen", "Insgesamt"),
        "en": ("District", "Men", "Women", "Area", "Remark", "Population by district", "Source: Statistical office", "As of: 31 December 2024", "* provisional", "Total"),
        "fr": ("Quartier", "Hommes", "Femmes", "Superficie", "Remarque", "Population par quartier", "Source : Insee, recensement", "Mise à jour : 2024", "* chiffres provisoires", "Ensemble"),
        "it": ("Quartiere", "Maschi", "Femmine", "Superficie", "Osservazione", "Popolazione per quartiere", "Fonte: Ufficio statistica", "Dati al 31 dicembre 2024", "* dati provvisori", "Totale"),
        "es": ("Barrio", "Hombres", "Mujeres", "Superficie", "Observación", "Población por barrio", "Fuente: Padrón municipal", "Actualización: 2024", "* datos provisionales", "Total"),
        "pt": ("Freguesia", "Homens", "Mulheres", "Área", "Observação", "População por freguesia", "Fonte: INE", "Atualização: 2024", "* dados provisórios", "Total"),
        "pl": ("Dzielnica", "Mężczyźni", "Kobiety", "Powierzchnia", "Uwagi", "Ludność według dzielnic", "Źródło: Urząd Statystyczny", "Stan na 31.12.2024", "* dane wstępne", "Ogółem"),
        "nl": ("Wijk", "Mannen", "Vrouwen", "Oppervlakte", "Opmerking", "Inwoners per wijk", "Bron: Afdeling Onderzoek", "Peildatum: 1 januari 2024", "* voorlopige cijfers", "Totaal"),
        "cs": ("Čtvrť", "Muži", "Ženy", "Rozloha", "Poznámka", "Obyvatelé podle čtvrtí", "Zdroj: ČSÚ", "Stav k 31. 12. 2024", "* předběžné údaje", "Celkem"),
        "sk": ("Štvrť", "Muži", "Ženy", "Rozloha", "Poznámka", "Obyvatelia podľa štvrtí", "Zdroj: ŠÚ SR", "Stav k 31. 12. 2024", "* predbežné údaje", "Spolu"),
        "hu": ("Kerület", "Férfiak", "Nők", "Terület", "Megjegyzés", "Népesség kerületenként", "Forrás: KSH", "Megjegyzés: 2024. év", "* előzetes adat", "Összesen"),
        "ro": ("Cartier", "Bărbați", "Femei", "Suprafață", "Observații", "Populația pe cartiere", "Sursa: INS", "Actualizat: 2024", "* date provizorii", "Total"),
        "bg": ("Район", "Мъже", "Жени", "Площ", "Бележка", "Население по райони", "Източник: НСИ", "Забележка: към 2024 г.", "* предварителни данни", "Общо"),
        "el": ("Συνοικία", "Άνδρες", "Γυναίκες", "Έκταση", "Παρατήρηση", "Πληθυσμός ανά συνοικία", "Πηγή: ΕΛΣΤΑΤ", "Σημείωση: έτος 2024", "* προσωρινά στοιχεία", "Σύνολο"),
        "sv": ("Stadsdel", "Män", "Kvinnor", "Yta", "Anmärkning", "Folkmängd efter stadsdel", "Källa: SCB", "Uppdaterad: 2024", "* preliminära uppgifter", "Totalt"),
        "da": ("Bydel", "Mænd", "Kvinder", "Areal", "Bemærkning", "Befolkning efter bydel", "Kilde: Danmarks Statistik", "Opdateret: 2024", "* foreløbige tal", "I alt"),
        "fi": ("Alue", "Miehet", "Naiset", "Pinta-ala", "Huomautus", "Väestö alueittain", "Lähde: Tilastokeskus", "Päivitetty: 2024", "* ennakkotieto", "Yhteensä"),
        "et": ("Linnaosa", "Mehed", "Naised", "Pindala", "Märkus", "Rahvastik linnaosades", "Allikas: Statistikaamet", "Märkus: aasta 2024", "* esialgsed andmed", "Kokku"),
        "lv": ("Rajons", "Vīrieši", "Sievietes", "Platība", "Piezīme", "Iedzīvotāji pa rajoniem", "Avots: CSP", "Piezīmes: 2024", "* provizoriski dati", "Kopā"),
        "lt": ("Seniūnija", "Vyrai", "Moterys", "Plotas", "Pastaba", "Gyventojai pagal seniūnijas", "Šaltinis: Valstybės duomenų agentūra", "Pastaba: 2024 m.", "* išankstiniai duomenys", "Iš viso"),
        "sl": ("Četrt", "Moški", "Ženske", "Površina", "Opomba", "Prebivalci po četrtih", "Vir: SURS", "Opomba: leto 2024", "* začasni podatki", "Skupaj"),
        "hr": ("Četvrt", "Muškarci", "Žene", "Površina", "Napomena", "Stanovnici po četvrtima", "Izvor: DZS", "Napomena: godina 2024.", "* privremeni podaci", "Ukupno"),
    }.items()
}  # fmt: skip
NAMES = (
    "Altstadt", "Nordend", "Sankt Veit", "Les Halles", "Croix-Rousse", "Saint-Jean", "Vecchia Dogana", "Santa Clara",
    "El Puerto", "Śródmieście", "Łazienki", "De Pijp", "Oud-West", "Malá Strana", "Újlipót", "Centru Vechi", "Лозенец",
    "Πλάκα", "Södermalm", "Nørrebro", "Kallio", "Kesklinn", "Āgenskalns", "Žvėrynas", "Šiška", "Trešnjevka", "Hafen",
    "Mühlviertel", "Ostkreuz", "Petržalka", "Alfama", "Gràcia",
)  # fmt: skip
REMARKS = ("a, b", "see page 4", "new; since May", 'called "the Hill"', "rebuilt", "-")


@dataclass
class Office:
    """A table and how it is laid out; `months` later it has other rows, titles and notes."""

    number: int
    language: str
    kind: str
    delimiter: str
    columns: list[str]
    groups: bool
    full_groups: bool
    traits: frozenset[str]
    seed: int
    rows: list[Row] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """The title that each column must be found by."""
        if not self.groups:
            return [" ".join(title.split()) for title in self.columns]
        return [" ".join(filter(None, pair)) for pair in zip(self._upper(filled=True), self._lower(), strict=True)]

    def _lower(self) -> list[str]:
        words = WORDS[self.language]
        first = words["place"] if self.full_groups else ""
        return [first, "2023", "2024", "2023", "2024"] if not self.full_groups else [
            first, f"{words['area']} A", f"{words['area']} B", f"{words['men']} A", f"{words['women']} A"
        ]  # fmt: skip

    def _upper(self, *, filled: bool) -> list[str]:
        words = WORDS[self.language]
        first = "Info" if self.full_groups else words["place"]
        second = "" if not filled else words["men"]
        return [first, words["men"], second, words["women"], words["women"] if filled else ""]

    def write(self, path: Path, month: int) -> None:
        """Write the file of that month; `rows` are those of data then."""
        rng = random.Random(f"{self.seed} {self.number} {month}")
        grid, header = self._grid(rng)
        if self.kind == "csv":
            path.write_text(self._csv(grid, header, rng), "utf-8", newline="")
        elif self.kind == "xlsx":
            self._xlsx(grid, header, path)
        else:
            width = len(self.columns)
            cells = [[*row, *[None] * (width - len(row))] for row in grid]
            path.write_bytes(
                b"".join(
                    stream_write_ods(
                        [
                            (
                                "Daten",
                                tuple(_plain(v) or "" for v in cells[0]),
                                [[_ods(v) for v in row] for row in cells[1:]],
                            )
                        ]
                    )
                )
            )

    def _grid(self, rng: random.Random) -> tuple[list[Row], int]:
        words, width = WORDS[self.language], len(self.columns)
        grid: list[Row] = []
        if "title" in self.traits:
            grid += [[f"{words['title']} {year}"] for year in range(2024, 2024 + rng.randint(1, 3))]
            grid += [[] for _ in range(rng.randint(0, 2))]
        header = len(grid)
        grid += [[*self._upper(filled=False)], [*self._lower()]] if self.groups else [[*self.columns]]
        if "units" in self.traits:
            grid.append(["", *self._units()])
        if "numbered" in self.traits:
            grid.append([f"({number})" for number in range(1, width + 1)])
        self.rows = self._data(rng)
        for place, row in enumerate(self.rows):
            if place and "blank" in self.traits and (place == 2 or rng.random() < 0.2):
                grid.append([])
            if place and "again" in self.traits and (place == 3 or rng.random() < 0.1):
                grid += [[*row] for row in grid[header : header + 1 + self.groups]]
            grid.append(row)
        if "sum" in self.traits:
            grid.append(self._sum())
        if "notes" in self.traits:
            grid += [[] for _ in range(rng.randint(0, 2))]
            notes = [words["as_of"], f"1) {words['note'].lower()}", "¹ 2020"]
            notes += [] if "starred" in self.traits else [words["star"]]
            grid += [[note] for note in [*rng.sample(notes, rng.randint(0, 3)), words["source"]]]
        return grid, header

    def _units(self) -> list[Value]:
        found: list[Value] = []
        for place, title in enumerate(self.columns[1:], 1):
            numbers = isinstance(self._example(place), int | Decimal)
            found.append(("km²" if WORDS[self.language]["area"] in title else "(1.000)") if numbers else "")
        return found

    def _example(self, place: int) -> Value:
        return next(row[place] for row in self._data(random.Random(1)) if row[place] is not None)

    def _data(self, rng: random.Random) -> list[Row]:
        names = rng.sample(NAMES, rng.randint(5, 14))
        rows: list[Row] = []
        for name in names:
            row: Row = [name]
            for place in range(1, len(self.columns)):
                row.append(self._value(place, rng))
            rows.append(row)
        if "district" in self.traits:
            rows[rng.choice((1, -1))][0] = WORDS[self.language]["total"]
        if "short" in self.traits:
            rows[2][-1] = None
        if "starred" in self.traits:
            rows[1][0] = f"* {rows[1][0]}"
        if "empty end" in self.traits:
            rows[-1][1:] = [None] * (len(self.columns) - 1)
        return rows

    def _value(self, place: int, rng: random.Random) -> Value:
        if not self.groups and place == len(self.columns) - 1:
            return rng.choice((*REMARKS, None, None))
        if not self.groups and place == 3:
            return Decimal(rng.randint(100, 99_999)).scaleb(-2)
        return None if rng.random() < 0.05 else rng.randint(2, 900)

    def _sum(self) -> Row:
        row: Row = [WORDS[self.language]["total"]]
        for place in range(1, len(self.columns)):
            numbers = [each[place] for each in self.rows if isinstance(each[place], int | Decimal)]
            text = any(isinstance(each[place], str) for each in self.rows) or not numbers
            row.append(None if text else sum(numbers, Decimal(0)))  # type: ignore[arg-type]  # numbers by then
        return row

    def _csv(self, grid: Sequence[Row], header: int, rng: random.Random) -> str:
        width, out = len(self.columns), io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n")
        comma = self.delimiter != "," and "comma" in self.traits
        for number, row in enumerate(grid):
            cells = [_written(value, comma=comma) for value in row]
            lone = number < header or len(row) < width
            if not (lone and "bare" in self.traits):
                cells += [""] * (width - len(cells))
            if "spare" in self.traits and (number == header or rng.random() < 0.7):
                cells += ["", ""]
            if "short" in self.traits and not lone and number > header and not cells[-1]:
                cells.pop()
            writer.writerow(cells)
        return out.getvalue()

    def _xlsx(self, grid: Sequence[Row], header: int, path: Path) -> None:
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet("Daten")
        width = len(self.columns)
        for number, row in enumerate(grid):
            for place, value in enumerate(row):
                if value not in (None, ""):
                    sheet.write(number, place, float(value) if isinstance(value, Decimal) else value)
            if (
                "merged" in self.traits
                and row
                and len(row) == 1
                and width > 1
                and (number < header or number > header + 3)
            ):
                sheet.merge_range(number, 0, number, width - 1, row[0])
        if self.groups and "merged" in self.traits:
            for first in (1, 3):
                sheet.merge_range(header, first, header, first + 1, grid[header][first])
            if not self.full_groups:
                sheet.merge_range(header, 0, header + 1, 0, grid[header][0])
        if "hidden" in self.traits:
            sheet.set_row(len(grid) - 1 - len(grid) // 3, None, None, {"hidden": True})
        book.close()


def _plain(value: Value) -> str | None:
    return None if value is None else str(value)


def _ods(value: Value) -> object:
    return float(value) if isinstance(value, Decimal) else value if value != "" else None


def _written(value: Value, *, comma: bool) -> str:
    text = "" if value is None else str(value)
    return text.replace(".", ",") if comma and isinstance(value, Decimal) else text


def make(seed: int, number: int) -> Office:
    """The table of that number, always the same one."""
    rng = random.Random(f"{seed} {number}")
    language = list(WORDS)[number % len(WORDS)]
    words = WORDS[language]
    groups = rng.random() < 0.25
    columns = [words["place"], words["men"], words["women"], rng.choice(("", "\n")) + words["area"], words["note"]]
    if not groups and rng.random() < 0.2:
        columns[2] = columns[1] + rng.choice(("\n", " ")) + "2"
    chances = {
        "title": 0.6, "notes": 0.6, "blank": 0.3, "again": 0.15, "sum": 0.4, "merged": 0.6, "comma": 0.6, "bare": 0.3,
        "spare": 0.25, "short": 0.2, "hidden": 0.2, "starred": 0.15, "units": 0.3, "numbered": 0.15, "empty end": 0.1,
        "district": 0.15,
    }  # fmt: skip
    traits = {trait for trait, chance in chances.items() if rng.random() < chance}
    if "district" in traits:
        traits -= {"sum"}
    if groups:
        traits -= {"units", "numbered"}
    if "spare" in traits:
        traits -= {"short"}
    kind = ("csv", "xlsx", "csv", "ods")[number % 4]
    return Office(
        number, language, kind, rng.choice(",;;\t|"), columns, groups, rng.random() < 0.4, frozenset(traits), seed
    )


def wrong(office: Office, folder: Path, *, build: bool = False) -> list[str]:
    """The faults of the table after `init`, and of that of the next month; empty without faults."""
    path = folder / f"office-{office.number}.{office.kind}"
    catalogue = folder / f"catalogue-{office.number}"
    office.write(path, 1)
    terms = {"publisher": {"iri": "https://office.example/us", "name": {"en": "Office"}}, "license": "CC_BY_4_0"}
    draft_catalogue(catalogue, [path], Answers("Office", "https://office.example/", terms=terms))
    found = _compared(office, catalogue, "first month")
    if build and not found and main(["build", str(catalogue), "-o", str(folder / f"release-{office.number}")]):
        found.append("build fails")
    (copy,) = (each for each in catalogue.glob("*/*") if each.suffix == path.suffix)
    office.write(copy, 2)
    return found + (_compared(office, catalogue, "next month") if not found else [])


def _compared(office: Office, folder: Path, month: str) -> list[str]:
    catalogue = read_catalogue(folder)
    (table,) = catalogue.datasets[0].tables
    titles = [next(iter(column.titles.values()), column.name) for column in table.source_columns]
    if titles != office.titles:
        return [f"{month}: titles {titles} instead of {office.titles}"]
    with load_facts(catalogue) as base:
        if not conforms(base.findings):
            broken = [one for one in base.findings if one.severity == Severity.VIOLATION]
            return [f"{month}: {one.code}: {one.message['en']} {one.places[0]}" for one in broken][:3]
        marks = [column.separator or "" for column in table.source_columns]
        rows = [row for batch in base.records(table.name) for row in batch]
        published = [[_known(_joined(cell, mark)) for cell, mark in zip(row, marks, strict=True)] for row in rows]
    expected = [[_known(_plain(value)) for value in row] for row in office.rows]
    lost = [row for row in expected if row not in published]
    more = [row for row in published if row not in expected]
    if lost or more or published != expected:
        return [f"{month}: lost {lost[:2]}, published besides {more[:2]}"]
    return []


def _joined(cell: str | list[str] | None, separator: str) -> str | None:
    return separator.join(cell) if isinstance(cell, list) else cell


def _known(text: object) -> object:
    try:
        return Decimal(str(text)) if text is not None else ""
    except InvalidOperation:
        return text


def run(seed: int, count: int, *, build: bool = False) -> int:
    """Try this many tables and print their faults; the number of tables with faults."""
    failed = 0
    for number in range(count):
        office = make(seed, number)
        with TemporaryDirectory() as folder:
            try:
                problems = wrong(office, Path(folder), build=build)
            except Exception as error:  # noqa: BLE001 (any way to fail is to be seen)
                problems = [f"{type(error).__name__}: {error}"]
        failed += bool(problems)
        for problem in problems:
            sys.stdout.write(
                f"{seed}/{number} {office.kind} {office.language} {sorted(office.traits)} groups={office.groups}: {problem}\n"
            )
    sys.stdout.write(f"seed {seed}: {count - failed} of {count} right\n")
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--build", action="store_true")
    given = parser.parse_args()
    sys.exit(bool(run(given.seed, given.count, build=given.build)))
