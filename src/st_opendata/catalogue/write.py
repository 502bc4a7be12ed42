"""catalogue.yaml and dataset.yaml for people: block style, keys in one order, comments above their keys.

PyYAML writes the values and this module the comments. ruamel.yaml (tried: 0.19.1) has comments, but writes by YAML 1.2:
`NO`, `yes` and `12:30` lose the quotation marks that readers of YAML 1.1 need, texts of several lines become one quoted
line, and U+0085 and U+2028 are read back as other texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

import yaml

from st_opendata.catalogue.statements import Description
from st_opendata.messages.message import Message, message

WIDTH = 118
HINTS = {
    "publisher": message(
        "The publisher: iri, name and type, as in {example}.",
        example="{iri: https://www.example.org/, name: {en: Town hall}}",
    ),
    "contactPoint": message(
        "The contact for questions: name with email or url, as in {example}.",
        example="{name: {en: Data desk}, email: data@example.org}",
    ),
    "license": message("A code of the EU licence table, as CC_BY_4_0."),
    "accessRights": message("PUBLIC, RESTRICTED or NON_PUBLIC."),
    "accrualPeriodicity": message("How often it changes: a code of the EU frequency table, as ANNUAL."),
    "language": message("The languages of the data, as in [en, fr]."),
    "theme": message("Codes of the EU data themes, as [ENER, TRAN]."),
    "keyword": message("Words to search by, as in {example}.", example="{en: [energy, city]}"),
    "spatial": message(
        "Places, as in {example}.", example="[{iri: https://sws.geonames.org/2996944/, label: {en: Lyon}}]"
    ),
    "temporal": message("The time that it covers, as in {example}.", example="{start: 2020-01-01, end: 2020-12-31}"),
}
"""Keys that DCAT-AP asks for and only the publisher knows."""
_LEFT_OUT = message("left out")


class _Dumper(yaml.SafeDumper):
    """PyYAML's, without anchors, with lists indented below their key and long texts in block style."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (PyYAML's signature)
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, False)  # noqa: FBT003


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # YAML 1.1 takes three more characters for ends of lines: only quoted they are read back as themselves.
    style = '"' if re.search("[\x85\u2028\u2029]", text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def write_yaml(
    description: Description,
    heading: Iterable[Message],
    order: Iterable[str],
    hints: Iterable[str] = (),
    *,
    language: str = "en",
) -> str:
    """The text of the file: remarks above their keys; a key of `hints` that has no value is written as a comment.

    Comments are in `language`, one of `LANGUAGES`.
    """
    lines = [_comment(text[language]) for text in heading]
    wanted = frozenset(hints)
    for key in order:
        value, remarks = description.values.get(key), description.remarks.get(key, [])
        lines += [_comment(text[language]) for text in remarks]
        if value is not None:
            lines.append(_dump({key: value}))
        elif key in wanted or remarks:
            lines.append(_comment(f"{key}: {HINTS.get(key, _LEFT_OUT)[language]}"))
    return "".join(lines)


def _dump(value: Mapping[str, Any]) -> str:
    return yaml.dump(
        dict(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=WIDTH
    )


def _comment(text: str) -> str:
    """Lines of a comment, without characters that would end a line in YAML."""
    plain = re.sub("[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+", " ", text).strip()
    lines = wrap(plain, WIDTH - 2, break_long_words=False, break_on_hyphens=False) or [""]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
