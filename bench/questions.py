"""The questions of an analyst about CORDIS-like projects, in forms that a plain aggregate does not have.

`bench/sparql.py` and `bench/analyst.py` ask them. Each form has a plain form about the same data, to compare with. All
parameters are drawn, so that hardly any question is asked twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from mapping import BASE, COUNTRIES

Form = Callable[[random.Random], str]
_PART = "?part e:organisationID ?who ; e:ecContribution ?money ."
_PROJECT = "?project e:masterCall ?call ; e:ecMaxContribution ?money ."


def _over(chance: random.Random) -> str:
    """A condition on the money that most have and no other question has."""
    return f"FILTER (?money > {chance.randrange(10_000, 300_000)}.{chance.randrange(1, 100):02})"


def _country(chance: random.Random) -> str:
    return f"<{BASE}country/{chance.choice(COUNTRIES)}>"


def forms() -> dict[str, tuple[Form, Form]]:
    """The questions by name, each with its plain form."""
    by_country: Form = lambda chance: (  # noqa: E731
        f"SELECT ?country (SUM(?money) AS ?sum) {{ {_PART} ?who e:country ?country {_over(chance)} }} GROUP BY ?country"
    )
    by_call: Form = lambda chance: (  # noqa: E731
        f"SELECT ?call (SUM(?money) AS ?sum) {{ {_PROJECT} {_over(chance)} }} GROUP BY ?call"
    )
    by_who: Form = lambda chance: (  # noqa: E731
        f"SELECT ?who (SUM(?money) AS ?sum) {{ {_PART} {_over(chance)} }} GROUP BY ?who ORDER BY DESC(?sum) LIMIT 20"
    )
    return {
        "HAVING": (
            lambda chance: (
                f"SELECT ?who (SUM(?money) AS ?sum) {{ {_PART} {_over(chance)} }} GROUP BY ?who "
                "HAVING (COUNT(*) > 20 && SUM(?money) > 5000000) ORDER BY DESC(?sum) LIMIT 20"
            ),
            by_who,
        ),
        "arithmetic": (
            lambda chance: (
                f"SELECT ?call (SUM(?money) / COUNT(*) AS ?mean) (100 * SUM(?money) / SUM(?cost) AS ?share) {{ "
                f"{_PROJECT} ?project e:totalCost ?cost {_over(chance)} }} GROUP BY ?call ORDER BY DESC(?mean)"
            ),
            by_call,
        ),
        "expressions": (
            lambda chance: (
                f"SELECT ?year ?size (COUNT(*) AS ?n) (AVG(?money / 1000) AS ?mean) {{ ?project e:startDate ?date ; "
                f'e:ecMaxContribution ?money BIND (IF(?money > 2000000, "large", "small") AS ?size) {_over(chance)} }} '
                "GROUP BY (YEAR(?date) AS ?year) ?size ORDER BY ?year ?size"
            ),
            by_call,
        ),
        "OPTIONAL": (
            lambda chance: (
                f"SELECT ?country (COUNT(*) AS ?n) (COUNT(?vat) AS ?known) {{ {_PART} ?who e:country ?country "
                f"OPTIONAL {{ ?who e:vatNumber ?vat }} {_over(chance)} }} GROUP BY ?country ORDER BY DESC(?n)"
            ),
            by_country,
        ),
        "sequence path": (
            lambda chance: (
                f"SELECT ?country (SUM(?money) AS ?sum) {{ ?part e:organisationID/e:country ?country ; "
                f"e:ecContribution ?money {_over(chance)} }} GROUP BY ?country"
            ),
            by_country,
        ),
        "inverse and alternative": (
            lambda chance: (
                f"SELECT ?kind (COUNT(DISTINCT ?call) AS ?n) {{ ?who ^e:organisationID ?part ; "
                "e:activityType|e:city ?kind . ?part e:projectID/e:masterCall ?call ; e:ecContribution ?money "
                f"{_over(chance)} }} GROUP BY ?kind ORDER BY DESC(?n) LIMIT 20"
            ),
            by_country,
        ),
        "VALUES": (
            lambda chance: (
                f"SELECT ?country (SUM(?money) AS ?sum) {{ VALUES ?country {{ {_country(chance)} "
                f"{_country(chance)} }} {_PART} ?who e:country ?country {_over(chance)} }} GROUP BY ?country"
            ),
            by_country,
        ),
        "subquery": (
            lambda chance: (
                f"SELECT ?country (AVG(?sum) AS ?mean) (MAX(?sum) AS ?most) {{ ?who e:country ?country {{ "
                f"SELECT ?who (SUM(?money) AS ?sum) {{ {_PART} {_over(chance)} }} GROUP BY ?who }} }} GROUP BY ?country"
            ),
            by_country,
        ),
        "UNION": (
            lambda chance: (
                f'SELECT ?who (SUM(?money) AS ?sum) {{ {{ {_PART} ?part e:role "coordinator" }} UNION '
                f"{{ {_PART} ?who e:SME true }} {_over(chance)} }} GROUP BY ?who ORDER BY DESC(?sum) LIMIT 20"
            ),
            by_who,
        ),
        "NOT EXISTS": (
            lambda chance: (
                f"SELECT ?country (COUNT(DISTINCT ?who) AS ?n) {{ {_PART} ?who e:country ?country "
                'FILTER NOT EXISTS { ?other e:organisationID ?who ; e:role "coordinator" } '
                f"{_over(chance)} }} GROUP BY ?country"
            ),
            by_country,
        ),
        "top 10": (
            lambda chance: (
                f"SELECT ?project ?title ?money {{ ?project e:title ?title ; e:ecMaxContribution ?money "
                f"FILTER (?money < {chance.randrange(5_000_000, 9_000_000)}) }} ORDER BY DESC(?money) LIMIT 10"
            ),
            by_call,
        ),
        "partners of a country": (
            lambda chance: (
                f"SELECT ?other (COUNT(DISTINCT ?project) AS ?n) {{ ?one e:projectID ?project ; "
                f"e:ecContribution ?money ; e:organisationID/e:country {_country(chance)} . "
                f"?two e:projectID ?project ; e:organisationID/e:country ?other {_over(chance)} }} "
                "GROUP BY ?other ORDER BY DESC(?n)"
            ),
            by_country,
        ),
    }
