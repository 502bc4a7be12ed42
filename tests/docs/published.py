"""Where others published the queries for CORDIS that `test_eurio.py` runs, and what their programs fill in.

The texts are other people's and not part of this repository: `make eurio` takes them out of the files named here. A
program puts a query together from texts of its own and from what it was asked; here stands only the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A file in a public repository on GitHub; the commit says which, for all time."""

    repository: str
    commit: str
    path: str

    def __str__(self) -> str:
        return f"{self.repository}/{self.commit}/{self.path}"


@dataclass(frozen=True)
class Text:
    """A text in a program, from after the last of the marks, found one after the other, to the end.

    The values are by what stands for them in the text, and there is at least one.
    """

    marks: tuple[str, ...]
    end: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Published:
    """A query in a source; the SHA-256 is that of the text with its values, as the program would send it."""

    source: Source
    text: Text
    sha256: str


Value = str | Text | tuple[str | Text, ...]
"""What the program puts in: what it was asked, another text of the same source, or several in a row."""

APIBASE = Source(
    "whiteknightonhorse/APIbase", "7d7e92b10995499e9512bbda61460869b8fe4ab8", "src/adapters/cordis/index.ts"
)
SOILWISE = Source("soilwise-he/harvesters", "a41ef4d718b09dc3422d6c9fef8ee0589edfb82d", "cordis-projects/fetch.py")
PLANET = Source(
    "odinskogen-dev/4Planet.05", "1dee8300e5752a7b328bb0d27aae359278515ad9", "functions/api/company-eu-projects.ts"
)
PARTNER_SEARCH = Source(
    "fanaman74/cordis-explorer", "e4d189190d79b9a2e3bce3dbbfa7514454627243", "server/src/partner-search-route.ts"
)
PARTNER_MATCH = Source(
    "fanaman74/cordis-explorer", "7b349b9589ab77ad2030002d28652d8be1280e30", "server/src/partner-match-route.ts"
)
INTELLIGENCE = Source(
    "tobianahillel-afk/cyber-intelligence-platform",
    "19b37a259a921584502e48f30dc611ec3eb22c20",
    "src/cip/adapters/sources/cordis_funding/client.py",
)
IMMORTAL = Source(
    "immortal-life-source/immortal-life",
    "8fd06b51e5b81015fdf48cf4eb4e21b8c7278e61",
    "supabase/functions/sync-direct-grants/index.ts",
)
RADAR = Source("moarseniy/idea-radar", "b18a6a2c8d83f8729d495df2df833f1f0f0eedff", "app/radar/research_apis.py")

PROJECT = "691876"
EURIO = {"${EURIO}": "http://data.europa.eu/s66#"}
F_STRING = {"{{": "{", "}}": "}", '\\"': '"'}
"""How Python writes braces and quotes in its formatted texts."""
KEYWORD = "${k.replace(/'/g, \"\\\\'\")}"
SEARCH, ORGANISATIONS = "case 'cordis.project_search'", "case 'cordis.organisation_search'"
TERMS = ("def search_cordis_grants", "tests = ", 'f"')
TERM = {"{_sparql_literal(t)}": '"districts"'}


def keyword(word: str, *marks: str) -> Text:
    """The condition of cordis-explorer for one keyword."""
    return Text(marks, "`", {KEYWORD: word})


QUERIES = {
    "01-project-search": Published(
        APIBASE,
        Text(
            (SEARCH, "const sparql = `"),
            "`",
            EURIO
            | {
                "${filters.join('\\n  ')}": (
                    Text((SEARCH, "filters.push(", "`"), "`", {"${query.toLowerCase().replace(/\"/g, '')}": "smart"}),
                    "\n  ",
                    Text((SEARCH, "if (yearFrom) filters.push(`"), "`", {"${yearFrom}": "2016"}),
                ),
                "${limit}": "10",
            },
        ),
        "f8ba4990dd5e089bb25f3ac9beb63f91e1ed217a06eb15407f049de9356962ba",
    ),
    "02-project-details": Published(
        APIBASE,
        Text(("case 'cordis.project_details'", "const sparql = `"), "`", EURIO | {"${grantId}": PROJECT}),
        "896dfe1b338ffc2a05a82f66e9608b97d8144e756e062bea686cb3793546563e",
    ),
    "03-project-organisations": Published(
        APIBASE,
        Text(("case 'cordis.project_details_orgs'", "const sparql = `"), "`", EURIO | {"${grantId}": PROJECT}),
        "4fe2210736403b9797d2a2f0b9500791db8ea9ac461e53ac79c0c8b1548267aa",
    ),
    "04-organisation-search": Published(
        APIBASE,
        Text(
            (ORGANISATIONS, "const sparql = `"),
            "`",
            EURIO
            | {
                "${filters.join('\\n  ')}": Text((ORGANISATIONS, "if (name) filters.push(`"), "`", {"${name}": "wien"}),
                "${limit}": "10",
            },
        ),
        "4a25ec1f31f2f8c3e318cb1f6fc0b8254b0ce9b0112d35f5f399896cace1dc5c",
    ),
    "05-harvest-projects": Published(
        SOILWISE,
        Text(("def build_sparql_query", 'return f"""'), '"""', F_STRING | {"{quoted}": f'"{PROJECT}"'}),
        "2e4bc2229e547d7e13cd516eedc3a99d1de03aec8c05170c4d1186e6fc9bddb0",
    ),
    "06-projects-of-an-organisation": Published(
        PLANET,
        Text(("const query = `",), "`", {"${literal}": "wolfram scholl", "${MAX_RESULTS}": "24"}),
        "0e5d7077b45512be7ff7ce05677e4e2ffff91536e2ee3a3bcda7d31c022750a5",
    ),
    "07-partner-search": Published(
        PARTNER_SEARCH,
        Text(
            ("const query = `\n",),
            "\n  `.trim()",
            {
                "${keywordFilter}": (
                    keyword("smart", "keywordFilter = kw.map(k => `"),
                    " || ",
                    keyword("urban", "keywordFilter = kw.map(k => `"),
                ),
                "${countryClause}": "",
                "${PAGE_SIZE}": "20",
                "${offset}": "0",
            },
        ),
        "54510f60fb7d31f3ba883b9f42e1c3c1fbdfae1e10d93f783d5445d3c3eb6074",
    ),
    "08-match-organisations": Published(
        PARTNER_MATCH,
        Text(
            ("const query = `\n",),
            "\n  `.trim()",
            {
                "${keywordFilters}": keyword("solutions", "const keywordFilters = ", ".map(k => `"),
                "${countryClause}": "",
            },
        ),
        "79c5b1c07f560ba02752eba16755bc6d389c0a76f0690155538c31d3210265df",
    ),
    "09-funding-page": Published(
        INTELLIGENCE,
        Text(('QUERY_TEMPLATE = """',), '"""', {"__LIMIT__": "100", "__OFFSET__": "0"}),
        "0498591529fb81ac748d7d0098932f8004002fc6b3bac051f0643aff3664c44d",
    ),
    "10-grants": Published(
        IMMORTAL,
        Text(
            ("async function fetchCordis", "const query = `"),
            "`",
            {"${CORDIS_PAGE_SIZE}": "50", "${Math.max(0, offset)}": "0"},
        ),
        "bf8f47452ad664ab95566bb13d4bcc42cd73b6a8a7ab328494473d94ca09875a",
    ),
    "11-projects-by-terms": Published(
        RADAR,
        Text(
            ("def search_cordis_grants", 'query = f"""'),
            '"""',
            F_STRING
            | {
                "{tests}": (Text(TERMS, '"', TERM), Text((*TERMS, 'f"'), '"', TERM)),
                "{start.isoformat()}": "2014-01-01",
                "{as_of.isoformat()}": "2018-12-31",
                "{max(1, min(limit, 8))}": "5",
            },
        ),
        "da5601d3bfb22860cd79cd6be81a7a79f4044abd80bf54373dfd70e151291cf0",
    ),
}
