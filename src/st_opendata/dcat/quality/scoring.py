"""The MQA score of a release, of a DCAT file or of a DCAT description on the web."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from st_opendata.dcat import Score, answering_urls, fetch_dcat, read_dcat, release_answers, score_graph, served_urls
from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.model.findings import conforms
from st_opendata.model.release import File
from st_opendata.release import read_release
from st_opendata.release.layout import CATALOGUE
from st_opendata.shacl import validate_catalogue


def score_source(source: str, *, ask: bool) -> tuple[Score, ...]:
    """The score of each dataset of a release folder, a DCAT file or an http(s) URL.

    A URL of a release answers when the release has its file. For a file or a URL, `ask` decides whether access and
    download URLs are requested over the network; if not, they count as not answering.

    Raises:
        InputError: there is no such file or folder, or it cannot be read.
        RemoteError: the URL of the description does not answer.
    """
    if source.startswith(("http://", "https://")):
        return _score_elsewhere(fetch_dcat(source), ask=ask)
    path = Path(source)
    if path.is_dir():
        release = read_release(path)
        graph = read_dcat(path / CATALOGUE)
        return score_served(graph, release.site, release.files, conforming=_conforms(graph))
    if not path.exists():
        raise InputError(
            message('there is no file or folder "{name}"', name=source),
            remedy=message("Name a release, a DCAT file or an http(s) URL."),
        )
    return _score_elsewhere(read_dcat(path), ask=ask)


def score_served(graph: Graph, site: str, files: Iterable[File], *, conforming: bool) -> tuple[Score, ...]:
    """The score of the catalogue of a release whose files are served at `site`.

    `conforming` says whether the catalogue as a whole conforms to DCAT-AP. Then each dataset does, whose description is
    a part of it; if not, each is validated alone, so that it answers for its own faults only.
    """
    return score_graph(graph, answers=release_answers(site, files), conforms=None if conforming else _conforms)


def _score_elsewhere(graph: Graph, *, ask: bool) -> tuple[Score, ...]:
    answering = answering_urls(served_urls(graph)) if ask else frozenset[str]()
    return score_graph(graph, answers=answering.__contains__, conforms=_conforms)


def _conforms(graph: Graph) -> bool:
    return conforms(validate_catalogue(graph))
