"""The values that a site requires and a release lacks, in one error before the first write."""

from __future__ import annotations

from dataclasses import dataclass, field

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, chained, message
from st_opendata.place import Place
from st_opendata.targets.ckan.choices import described
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.validators import NUMBERS


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field, and the names of the datasets that have no value for it."""

    portal: PortalField
    datasets: set[str] = field(default_factory=set)
    expressions: set[str] = field(default_factory=set)
    """Expressions of the publisher that have no value there."""


@dataclass(slots=True)
class Lacks:
    """What a site requires or refuses: fields without a value, and values that it does not accept, by their field."""

    missing: dict[str, Missing] = field(default_factory=dict)
    missing_in_files: dict[str, Missing] = field(default_factory=dict)
    datasets: set[str] = field(default_factory=set)
    """Names of all datasets on the portal."""
    refused: dict[tuple[str, str], Message] = field(default_factory=dict)

    def note(self, portal: PortalField, dataset: str, expression: str = "", *, in_file: bool = False) -> None:
        """Note a required field for which a dataset, or one of its files, has no value, nor an expression for it."""
        noted = self.missing_in_files if in_file else self.missing
        missing = noted.setdefault(portal.name, Missing(portal))
        missing.datasets.add(dataset)
        if expression:
            missing.expressions.add(expression)

    def raise_any(self, site: Site) -> None:
        """Raise ConfigurationError with everything that was found, and the lines to write."""
        if self.refused:
            texts = [message("{field}: {text}", field=key[0], text=text) for key, text in self.refused.items()]
            raise ConfigurationError(
                message("the portal does not accept these values of `targets`: {problems}", problems=chained(texts)),
                place=Place(site.url),
                remedy=message("Correct them in catalogue.yaml or dataset.yaml, build the release and publish again."),
            )
        if not (self.missing or self.missing_in_files):
            return
        lacking = [*self.missing.values(), *self.missing_in_files.values()]
        raise ConfigurationError(
            message(
                "the portal requires fields for which the release has no value: {fields}",
                fields=chained([self._requirement(each, site.language) for each in lacking]),
            ),
            place=Place(site.url),
            remedy=message(
                "State them in catalogue.yaml (for one dataset: in its dataset.yaml), build the release and publish "
                "again:\n{lines}",
                lines=_lines(self, site),
            ),
        )

    def _requirement(self, missing: Missing, language: str) -> Message:
        """`department (Department), one of roads (Roads), parks`, with the datasets if only some lack it."""
        portal = missing.portal
        text = message("{name} ({label})", name=portal.name, label=portal.label(language))
        if missing.datasets < self.datasets:
            text = message("{field} of {datasets}", field=text, datasets=", ".join(sorted(missing.datasets)))
        if missing.expressions:
            names = ", ".join(sorted(missing.expressions))
            text = message("{field}, for which {expressions} has no value", field=text, expressions=names)
        if not portal.choices:
            return text
        return message("{name}, one of {choices}", name=text, choices=described(portal.choices, language))


def _lines(lacks: Lacks, site: Site) -> str:
    """The lines of catalogue.yaml, for people to copy."""
    lines = ["targets:", f"  {site.target or 'portal'}:", "    kind: ckan", f"    url: {site.url}"]
    for key, fields in (("fields", lacks.missing), ("resourceFields", lacks.missing_in_files)):
        if fields:
            lines.append(f"    {key}:")
            lines += [f"      {name}: {_example(each, lacks)}" for name, each in fields.items()]
    return "\n".join(f"    {line}" for line in lines)


def _example(missing: Missing, lacks: Lacks) -> str:
    """The value to write; where some datasets have one, only for the others."""
    portal = missing.portal
    if portal.subfields:
        names = [each.name for each in portal.subfields if each.required] or [portal.subfields[0].name]
        return f"[{{{', '.join(f'{name}: …' for name in names)}}}]"
    value = portal.choices[0].value if portal.choices else "1" if portal.kind in NUMBERS else "…"
    value = f"[{value}]" if portal.many else value
    partly = missing.datasets < lacks.datasets and "." not in portal.name
    return f"{{from: {portal.name}, default: {value}}}" if partly else value
