"""What commands say beside their results: sentences, and nouns with their plurals."""

from __future__ import annotations

from dataclasses import replace

from st_opendata.messages.message import counted, message

SENTENCES = {
    "checked": message("Checked {tables} with {rows}, {triples}."),
    "checked-file": message("Checked {tables} with {rows}."),
    "tables-first": message("Checked {tables}. The shapes were not checked: correct the tables first."),
    "sample-column": message("column"),
    "sample-type": message("type"),
    "sample-row": message("row {number}"),
    "nothing-stated": message(
        "No cell states a fact yet: give a propertyUrl to columns in dataset.yaml, such as rdfs:label for names."
    ),
    "not-written": message("No release was written to {output}."),
    "written": message(
        "The release is in {output}: {datasets}, {triples}, {files}; each dataset scores {score} of 405 points."
    ),
    "advice": message("What DCAT-AP recommends for the description of the catalogue: {findings} in {report}."),
    "range": message("{least} to {most}"),
    "go-on": message("Next: {command}"),
    "look": message("Look at {where}. Ctrl-C ends it."),
    "would-look": message("The portal answers. To look at it on {url}: {command}"),
    "no-portal": message("The portal needs the package {package}: {command}"),
    "whole": message("{folder}: {files}, all as release.json says."),
    "differs": message("{folder}: {different} differ from release.json, which lists {files}."),
    "not-asked": message(
        "Access and download URLs were not requested and count as unavailable. Use --ask-urls to request them."
    ),
    "no-dataset": message("{source} describes no dataset."),
    "doctor-headings": message("group|what|state|found|what to do"),
    "doctor-program": message("program"),
    "doctor-package": message("package"),
    "doctor-extra": message("extra"),
    "doctor-tool": message("tool"),
    "doctor-room": message("room"),
    "doctor-language": message("language"),
    "doctor-good": message("good"),
    "doctor-absent": message("absent"),
    "doctor-wrong": message("WRONG"),
    "doctor-well": message(
        "Everything the program needs is there. A missing part is needed only for the task in its row."
    ),
    "doctor-ill": message("Something is wrong. Its row says what to do."),
    "diff-same": message("The two releases are the same, byte for byte."),
    "diff-files": message("{files} with other bytes; outside of the datasets above:"),
    "diff-key": message("key: {columns}"),
    "diff-no-key": message("no common key: whole rows"),
    "diff-column": message("column {column}"),
    "diff-triples": message("triples"),
    "diff-more": message("{things} more"),
}
_NOUNS = {
    "dataset": counted("{digits} dataset", "{digits} datasets", number="count", count=0, digits=""),
    "file": counted("{digits} file", "{digits} files", number="count", count=0, digits=""),
    "finding": counted("{digits} finding", "{digits} findings", number="count", count=0, digits=""),
    "row": counted("{digits} row", "{digits} rows", number="count", count=0, digits=""),
    "table": counted("{digits} table", "{digits} tables", number="count", count=0, digits=""),
    "triple": counted("{digits} triple", "{digits} triples", number="count", count=0, digits=""),
}
_THOUSANDS = {"en": ",", "fr": "\N{NARROW NO-BREAK SPACE}", "de": "."}


def say(language: str, sentence: str, **fields: object) -> str:
    """The sentence of that name with its fields."""
    return replace(SENTENCES[sentence], fields=fields)[language]


def count(number: int, noun: str, language: str = "en") -> str:
    """A number with its noun: `1 table`, `2,500 triples`; other nouns than these are English."""
    digits = f"{number:,}".replace(",", _THOUSANDS[language])
    if noun not in _NOUNS:
        return f"{digits} {noun if number == 1 else f'{noun}s'}"
    return replace(_NOUNS[noun], fields={"count": number, "digits": digits})[language]
