"""How to cite a dataset: as a sentence, BibTeX, RIS and CITATION.cff (Citation File Format 1.2.0)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.model.text import pick, tag_of
from st_opendata.portal.data.descriptions import DatasetDescription
from st_opendata.portal.requests import find_dataset, language_of
from st_opendata.portal.responses import content

_KEYWORDS = 20
_SPDX = {
    "APACHE_2_0": "Apache-2.0",
    "CC0": "CC0-1.0",
    "CC_BYNCND_4_0": "CC-BY-NC-ND-4.0",
    "CC_BYNCSA_4_0": "CC-BY-NC-SA-4.0",
    "CC_BYNC_4_0": "CC-BY-NC-4.0",
    "CC_BYND_4_0": "CC-BY-ND-4.0",
    "CC_BYSA_3_0": "CC-BY-SA-3.0",
    "CC_BYSA_4_0": "CC-BY-SA-4.0",
    "CC_BY_3_0": "CC-BY-3.0",
    "CC_BY_4_0": "CC-BY-4.0",
    "DLDE_BY_2_0": "DL-DE-BY-2.0",
    "DLDE_ZERO_2_0": "DL-DE-ZERO-2.0",
    "ETALAB_2_0": "etalab-2.0",
    "EUPL_1_2": "EUPL-1.2",
    "MIT": "MIT",
    "ODC_BL": "ODbL-1.0",
    "ODC_BY": "ODC-By-1.0",
    "ODC_PDDL": "PDDL-1.0",
    "OGL_3_0": "OGL-UK-3.0",
}
"""SPDX identifiers of licences by their code in the EU table: CITATION.cff allows no others."""
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """The fields of a citation, each one line in one language. `address` is the dataset's permanent IRI."""

    key: str
    authors: tuple[str, ...]
    title: str
    year: str
    day: str
    version: str
    publisher: str
    address: str
    language: str
    abstract: str
    keywords: tuple[str, ...]
    licence: str
    licence_page: str

    @property
    def author(self) -> str:
        """The authors in one line."""
        return "; ".join(self.authors)


@dataclass(frozen=True, slots=True)
class Style:
    """A citation format as a file."""

    label: str
    file: str
    media_type: str
    write: Callable[[Citation], str]


def citation_of(dataset: DatasetDescription, language: str) -> Citation:
    """The citation of a dataset in a language; the authors are its creators, else its publisher."""
    day = dataset.modified or dataset.issued
    keywords = dataset.keywords.get(tag_of(dataset.keywords, language) or "", ())
    return Citation(
        key=re.sub(r"\W", "-", f"{dataset.id}-{dataset.version or day[:4]}").strip("-"),
        authors=tuple(filter(None, (_line(pick(author.label, language)) for author in dataset.authors))),
        title=_line(pick(dataset.title, language)),
        year=day[:4],
        day=day[:10],
        version=_line(dataset.version),
        publisher=_line(pick(dataset.publisher.label, language)) if dataset.publisher else "",
        address=dataset.release.iri,
        language=tag_of(dataset.title, language) or language,
        abstract=_line(pick(dataset.description, language)),
        keywords=tuple(filter(None, map(_line, keywords)))[:_KEYWORDS],
        licence=_SPDX.get(dataset.licence.key, "") if dataset.licence else "",
        licence_page=(dataset.licence.page or "") if dataset.licence else "",
    )


def write_text(citation: Citation) -> str:
    """A sentence in DataCite's style: author (year): title, version, publisher, address."""
    start = f"{citation.author or citation.publisher}{f' ({citation.year})' if citation.year else ''}: "
    version = f" ({citation.version})" if citation.version else ""
    publisher = f"{citation.publisher}. " if citation.publisher not in ("", citation.author) else ""
    return f"{start}{citation.title}{version}. {publisher}{citation.address}\n"


def write_bibtex(citation: Citation) -> str:
    """An entry `@misc`, which all versions of BibTeX know; names of organisations have their own braces."""
    fields = {
        "author": " and ".join(f"{{{_tex(author)}}}" for author in citation.authors),
        "title": f"{{{_tex(citation.title)}}}",
        "year": citation.year,
        "version": _tex(citation.version),
        "publisher": _tex(citation.publisher),
        "howpublished": "Dataset",
        "url": citation.address.replace("{", "%7B").replace("}", "%7D"),
        "language": citation.language,
        "keywords": _tex(", ".join(citation.keywords)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{citation.key},", *lines, "}", ""])


def write_ris(citation: Citation) -> str:
    """A record of the type DATA; each tag and its value in one line."""
    lines = [
        ("TY", "DATA"),
        ("TI", citation.title),
        *(("AU", author) for author in citation.authors),
        ("PY", citation.year),
        ("DA", citation.day.replace("-", "/")),
        ("PB", citation.publisher),
        ("ET", citation.version),
        ("UR", citation.address),
        ("LA", citation.language),
        ("AB", citation.abstract),
        *(("KW", word) for word in citation.keywords),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value or tag == "ER")


def write_cff(citation: Citation) -> str:
    """CITATION.cff of the type dataset."""
    known: Mapping[str, object] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": citation.title,
        "authors": [{"name": name} for name in citation.authors or [citation.publisher or citation.title]],
        "version": citation.version,
        "date-released": citation.day if re.fullmatch(r"\d{4}-\d\d-\d\d", citation.day) else "",
        "url": citation.address,
        "license": citation.licence,
        "license-url": "" if citation.licence else citation.licence_page,
        "abstract": citation.abstract,
        "keywords": list(citation.keywords),
    }
    return yaml.safe_dump({key: value for key, value in known.items() if value}, sort_keys=False, allow_unicode=True)


STYLES: Mapping[str, Style] = {
    "txt": Style("Text", "citation.txt", "text/plain", write_text),
    "bib": Style("BibTeX", "citation.bib", "application/x-bibtex", write_bibtex),
    "ris": Style("RIS", "citation.ris", "application/x-research-info-systems", write_ris),
    "cff": Style("CITATION.cff", "CITATION.cff", "application/yaml", write_cff),
}
"""By extension."""


def _line(text: str) -> str:
    """The text in one line, without control characters: some, like U+202E, would change the text around them."""
    kept = (each if unicodedata.category(each) not in ("Cc", "Cf", "Zl", "Zp", "Cs") else " " for each in text)
    return " ".join("".join(kept).split())


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(each, each) for each in text)


def show_citation(request: Request) -> Response:
    """How to cite a dataset, as a file."""
    style = next((each for each in STYLES.values() if each.file == request.path_params["file"]), None)
    if style is None:
        raise HTTPException(404)
    text = style.write(citation_of(find_dataset(request), language_of(request)))
    return content(request, text, style.media_type, name=style.file)


ROUTES = [Route("/{language:language}/dataset/{dataset}/{file}", show_citation)]
