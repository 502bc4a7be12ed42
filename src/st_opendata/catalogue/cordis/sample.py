"""Made-up projects in the layouts of CORDIS: for the demo, for tests, and for benchmarks of any size.

All names and texts are made of the words below. The same numbers give the same bytes. The tables have what makes real
exports hard to read: amounts with a decimal comma, quotes and line breaks in cells, HTML entities, roles in several
spellings, empty cells; and, if asked, cells that are wrong.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

_COLUMNS = {
    "project": "id acronym status title startDate endDate totalCost ecMaxContribution legalBasis "
    "topics ecSignatureDate frameworkProgramme masterCall subCall fundingScheme nature objective contentUpdateDate "
    "rcn grantDoi",
    "organization": "projectID projectAcronym organisationID vatNumber name shortName SME activityType street postCode "
    "city country nutsCode geolocation organizationURL contactForm contentUpdateDate rcn order role ecContribution "
    "netEcContribution totalCost endOfParticipation active",
    "euroSciVoc": "projectID euroSciVocCode euroSciVocPath euroSciVocTitle",
    "topics": "projectID topic title",
    "legalBasis": "projectID legalBasis title uniqueProgrammePart",
    "webLink": "id projectID physUrl availableLanguages status type source represents",
    "projectDeliverables": "id title deliverableType description projectID projectAcronym url collection "
    "contentUpdateDate rcn",
    "projectPublications": "id title isPublishedAs authors journalTitle journalNumber publishedYear publishedPages "
    "issn isbn doi projectID projectAcronym collection contentUpdateDate rcn",
    "reportSummaries": "id title projectID projectAcronym attachment contentUpdateDate rcn",
}
"""The columns of each table, in the order of CORDIS's exports."""
_WORDS = [
    "urban", "district", "energy", "roof", "heat", "pump", "mobility", "tram", "bicycle", "river", "park", "school",
    "housing", "market", "harvest", "soil", "forest", "water", "air", "noise", "light", "sensor", "network",
    "battery", "bridge", "archive", "language", "music", "craft", "health", "care", "sleep", "movement", "child",
    "garden", "glass", "stone", "wood", "textile", "colour", "memory", "map", "weather", "coast", "island",
    "mountain", "valley",
]  # fmt: skip
_LINKS = ["for", "of", "with", "between", "across", "against", "towards", "within"]
_PLACES = (
    ("AT", "AT130", "Wien", 48.2, 16.37), ("DE", "DE212", "München", 48.14, 11.58),
    ("FR", "FRK26", "Lyon", 45.76, 4.84), ("ES", "ES511", "Barcelona", 41.39, 2.17),
    ("EL", "EL303", "Athina", 37.98, 23.73), ("UK", "UKI32", "London", 51.5, -0.12),
    ("IT", "ITH35", "Venezia", 45.44, 12.32), ("PL", "PL213", "Kraków", 50.06, 19.94),
    ("IE", "IE061", "Dublin", 53.35, -6.26), ("NO", "NO081", "Oslo", 59.91, 10.75),
    ("PT", "PT170", "Lisboa", 38.72, -9.14), ("NL", "NL329", "Amsterdam", 52.37, 4.9),
)  # fmt: skip
_FIELDS = (
    ("/25/67/425", "/engineering and technology/environmental engineering/energy and fuels"),
    ("/25/63/381", "/engineering and technology/civil engineering/urban engineering"),
    ("/29/101/553", "/social sciences/sociology/demography"),
    ("/23/45/293", "/natural sciences/earth and related environmental sciences/physical geography"),
    ("/31/115/619", "/humanities/arts/modern and contemporary art"),
)
_TOPICS = [(f"SAMPLE-{year}-{name}", f"{name.title()} in {year}") for year in (2021, 2022) for name in ("CITY", "SOIL")]
_BASES = (("SAMPLE.2.5", "Climate, energy and mobility"), ("SAMPLE.3.2", "Innovation ecosystems"))
_PROGRAMME = "SAMPLE"
_ROLES = ("coordinator", "coordinator", "coordinator", "Coordinator", "COORDINATOR")
_OTHERS = ("participant", "participant", "participant", "partner", "thirdParty", "associatedPartner")
_WRONG = {
    "bad date": ("project", "startDate", "2022-02-30"),
    "wrong decimal": ("project", "totalCost", "1.234.567,8"),
    "missing title": ("project", "title", ""),
    "missing id": ("project", "id", ""),
    "repeated id": ("project", "id", None),
    "unknown status": ("project", "status", "PAUSED"),
    "negative amount": ("project", "ecMaxContribution", "-5"),
    "bad DOI": ("project", "grantDoi", "doi:10.3030 / x"),
    "end before start": ("project", "endDate", "2001-01-01"),
    "missing project": ("organization", "projectID", "999"),
    "unknown country": ("organization", "country", "QQ"),
    "bad geolocation": ("organization", "geolocation", "north of the river"),
    "impossible latitude": ("organization", "geolocation", "148.2,16.3"),
    "bad contribution": ("organization", "ecContribution", "12 000 EUR"),
    "unknown role": ("organization", "role", "spectator"),
    "two coordinators": ("organization", "role", "coordinator"),
    "unknown field of science": ("euroSciVoc", "euroSciVocCode", "physics"),
}
"""Kinds of errors: the table, the column and the wrong cell; for a repeated id, that of the first project."""


@dataclass(frozen=True, slots=True)
class SampleLayout:
    """How the tables are written: semicolons and quotes about each cell, or `pipes`, as CORDIS writes them from 2026.

    `errors` is the number of wrong cells of each kind.
    """

    pipes: bool = False
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Planted:
    """A wrong cell: the row as a spreadsheet counts it."""

    file: str
    row: int
    column: str
    kind: str


Row = dict[str, str]


class _Semicolons(csv.excel):
    delimiter, quoting, lineterminator = ";", csv.QUOTE_ALL, "\n"


class _Pipes(csv.excel):
    delimiter, lineterminator = "|", "\n"


def write_sample_tables(
    folder: Path, projects: int, *, seed: int = 1, layout: SampleLayout | None = None
) -> list[Planted]:
    """Write the tables of this many projects to the folder; the chosen wrong cells, in order."""
    layout = layout or SampleLayout()
    tables = _Sample(random.Random(f"{seed} {projects}"), projects).tables()  # noqa: S311 (made-up data)
    planted = _plant(tables, random.Random(f"errors {seed} {projects}"), layout.errors)  # noqa: S311
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = _COLUMNS[name].split()
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            dialect = _Pipes if layout.pipes else _Semicolons
            writer = csv.DictWriter(file, columns, "", dialect=dialect)
            writer.writeheader()
            writer.writerows(rows)
    return sorted(planted, key=lambda each: (each.file, each.row, each.column))


def _plant(tables: dict[str, list[Row]], chance: random.Random, errors: int) -> list[Planted]:
    """Spoil cells, each in a separate row."""
    planted: list[Planted] = []
    first = tables["project"][0]["id"]
    free = {name: list(range(1, len(rows))) for name, rows in tables.items()}
    for places in free.values():
        chance.shuffle(places)
    for kind, (table, column, wrong) in _WRONG.items():
        for _ in range(errors):
            fitting = (place for place in free[table] if _fits(kind, tables[table], place))
            place = next(fitting, None)
            if place is None:
                continue
            free[table].remove(place)
            tables[table][place][column] = first if wrong is None else wrong
            planted.append(Planted(f"{table}.csv", place + 2, column, kind))
    return planted


def _fits(kind: str, rows: Sequence[Row], place: int) -> bool:
    """A second coordinator must not be the first; an error in a role must leave the coordinator."""
    if "role" not in rows[place]:
        return True
    return kind not in ("two coordinators", "unknown role", "missing project") or rows[place]["order"] != "1"


@dataclass(slots=True)
class _Sample:
    chance: random.Random
    projects: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in _COLUMNS})

    def tables(self) -> dict[str, list[Row]]:
        """The rows of all tables."""
        organisations = [self._organisation(number) for number in range(max(8, self.projects))]
        for number in range(self.projects):
            project = self._project(number)
            self.rows["project"].append(project)
            self._participants(project, organisations)
            self._subjects(project)
            self._results(project)
        return self.rows

    def _text(self, words: int) -> str:
        chosen = [self.chance.choice(_LINKS if place % 3 == 2 else _WORDS) for place in range(words)]
        return " ".join(chosen).capitalize()

    def _money(self, least: int, most: int) -> str:
        return f"{self.chance.randint(least, most)}{self.chance.choice(('', '', ',5', ',25', ',07'))}"

    def _instant(self) -> str:
        chance = self.chance
        return (
            f"2025-0{chance.randint(1, 9)}-1{chance.randint(0, 9)} 1{chance.randint(0, 9)}:{chance.randint(10, 59)}:00"
        )

    def _project(self, number: int) -> Row:
        chance = self.chance
        start = date(2021, 1, 1) + timedelta(chance.randint(0, 900))
        identifier, acronym = f"{101_000_000 + number * 3}", f"{chance.choice(_WORDS)[:5].upper()}{number}"
        topic, base = chance.choice(_TOPICS)[0], chance.choice(_BASES)[0]
        marks = f"&amp; more: &lt;1 °C, “{chance.choice(_WORDS)}”, 5 > 3"
        objective = f"{self._text(25)}. {self._text(30)} {marks}.\n{self._text(20)}."
        return {
            "id": identifier, "acronym": acronym, "status": chance.choice(("SIGNED", "CLOSED", "TERMINATED")),
            "title": f'{self._text(7)} "{acronym}"', "startDate": f"{start}",
            "endDate": "" if number % 40 == 39 else f"{start + timedelta(chance.randint(365, 1800))}",
            "totalCost": "" if number % 30 == 29 else self._money(200_000, 9_000_000),
            "ecMaxContribution": self._money(100_000, 8_000_000), "legalBasis": base, "topics": topic,
            "ecSignatureDate": f"{start - timedelta(90)}", "frameworkProgramme": _PROGRAMME,
            "masterCall": topic.rpartition("-")[0], "subCall": topic.rpartition("-")[0],
            "fundingScheme": chance.choice(("SAMPLE-RIA", "SAMPLE-CSA")), "objective": objective,
            "contentUpdateDate": self._instant(), "rcn": f"{240_000 + number}", "grantDoi": f"10.3030/{identifier}",
        }  # fmt: skip

    def _organisation(self, number: int) -> Row:
        chance = self.chance
        country, nuts, city, latitude, longitude = chance.choice(_PLACES)
        kind = chance.choice(("UNIVERSITY OF", "CITY OF", "WORKSHOP", "INSTITUTE FOR"))
        name = f"{kind} {chance.choice(_WORDS).upper()}"
        return {
            "organisationID": f"{910_000_000 + number * 7}", "vatNumber": f"{country}{number:09}" if number % 3 else "",
            "name": f"{name} &amp; SONS {number}" if number % 9 == 8 else f"{name} {number}",
            "shortName": f"ORG{number}" if number % 4 else "", "SME": "true" if number % 5 == 0 else "false",
            "activityType": chance.choice(("HES", "REC", "PRC", "PUB", "OTH")),
            "street": f"{chance.choice(_WORDS).title()} {chance.randint(1, 200)}",
            "postCode": f"{chance.randint(1_000, 99_000)}", "city": city, "country": country, "nutsCode": nuts,
            "geolocation": f"{latitude + chance.random() / 20:.7f},{longitude + chance.random() / 20:.7f}",
            "organizationURL": f"http://www.org{number}.example" if number % 3 == 0 else "",
            "rcn": f"{1_900_000 + number}",
        }  # fmt: skip

    def _participants(self, project: Row, organisations: Sequence[Row]) -> None:
        chance = self.chance
        size = min(len(organisations), 1 + int(chance.expovariate(1 / 3.5)))
        for order, organisation in enumerate(self._chosen(organisations, size), 1):
            contribution = self._money(10_000, 900_000)
            self.rows["organization"].append(
                organisation | {
                    "projectID": project["id"], "projectAcronym": project["acronym"], "order": f"{order}",
                    "role": chance.choice(_ROLES if order == 1 else _OTHERS), "ecContribution": contribution,
                    "netEcContribution": contribution, "totalCost": self._money(20_000, 990_000) if order % 6 else "",
                    "contactForm": "https://funding.example/contact", "contentUpdateDate": project["contentUpdateDate"],
                    "endOfParticipation": "false", "active": "true",
                }
            )  # fmt: skip

    def _chosen(self, organisations: Sequence[Row], size: int) -> Iterator[Row]:
        """Organisations that differ; some take part much more often than others."""
        taken: set[int] = set()
        while len(taken) < size:
            place = int(len(organisations) * self.chance.random() ** 2)
            if place not in taken:
                taken.add(place)
                yield organisations[place]

    def _subjects(self, project: Row) -> None:
        for code, path in self.chance.sample(_FIELDS, self.chance.randint(1, 2)):
            title = path.rpartition("/")[2]
            row = {"projectID": project["id"], "euroSciVocCode": code, "euroSciVocPath": path, "euroSciVocTitle": title}
            self.rows["euroSciVoc"].append(row)
        topic, base = dict(_TOPICS)[project["topics"]], dict(_BASES)[project["legalBasis"]]
        self.rows["topics"].append({"projectID": project["id"], "topic": project["topics"], "title": topic})
        self.rows["legalBasis"].append(
            {
                "projectID": project["id"],
                "legalBasis": project["legalBasis"],
                "title": base,
                "uniqueProgrammePart": "true",
            }
        )

    def _results(self, project: Row) -> None:
        chance, identifier = self.chance, project["id"]
        common = {key: project[name] for key, name in (("projectID", "id"), ("projectAcronym", "acronym"))}
        common["contentUpdateDate"] = project["contentUpdateDate"]
        for number in range(chance.randint(0, 2)):
            url = f"https://results.example/{identifier}/{number}?part=1&appId=2"
            self.rows["projectDeliverables"].append(
                common | {
                    "id": f"{identifier}_{number}_DELIV", "title": self._text(4),
                    "deliverableType": "Documents, reports",
                    "description": self._text(12), "url": url, "collection": "Project deliverable",
                    "rcn": f"{int(project['rcn']) * 10 + number}",
                }
            )  # fmt: skip
            link = {
                "id": f"{identifier}x{number}",
                "projectID": identifier,
                "physUrl": url,
                "type": "projectDeliverable",
            }
            self.rows["webLink"].append(
                link | {"availableLanguages": "en", "source": "sample", "represents": "project"}
            )
        if chance.random() < 0.5:
            self.rows["projectPublications"].append(
                common | {
                    "id": f"{identifier}_1_PUBLI", "title": self._text(9), "isPublishedAs": "Peer reviewed articles",
                    "authors": "A. Sample; B. Sample", "journalTitle": "Journal of Samples", "journalNumber": "12",
                    "publishedYear": f"{chance.randint(2022, 2025)}", "issn": "0000-0000",
                    "doi": f"10.5555/{identifier}",
                    "collection": "Project publication", "rcn": f"{int(project['rcn']) * 10 + 5}",
                }
            )  # fmt: skip
        if chance.random() < 0.5:
            self.rows["reportSummaries"].append(
                common | {
                    "id": f"{identifier}_PS", "title": f"Periodic Reporting for period 1 - {project['acronym']}",
                    "rcn": f"{int(project['rcn']) * 10 + 6}",
                }
            )  # fmt: skip
