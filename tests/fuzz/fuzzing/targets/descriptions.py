"""Descriptions: catalogue.yaml, dataset.yaml, a story, settings; CSVW metadata that comes from a portal."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fuzzing import seeds
from fuzzing.catalogues import CATALOGUE, FILES, PLACES, build_release, write_catalogue
from fuzzing.outcomes import Outcome, command, told
from fuzzing.targets import PART, Take, Target, parts_of
from fuzzing.targets.tables import sampled, state
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.statements import Description
from st_opendata.catalogue.story import carry_story, read_story
from st_opendata.settings import read_settings
from st_opendata.sparql.store import load
from st_opendata.targets.ckan.downloads import Download
from st_opendata.targets.ckan.pull import exact
from st_opendata.targets.ckan.pull.folder import DatasetFolder, drop_lost_keys, write_folder

_KINDS = ("catalogue.yaml", "places/dataset.yaml", "st-opendata.toml")


def _yaml(folder: Path) -> Take:
    root = write_catalogue(folder / "catalogue")

    def take(data: bytes) -> Outcome:
        kind, text = parts_of(data, 2)
        name = kind.decode("utf-8", "replace")
        if name == _KINDS[2]:
            (folder / name).write_bytes(text)
            return told(
                lambda: Outcome.TAKEN if read_settings({}, {"ST_SETTINGS": str(folder / name)}) else Outcome.TOLD
            )
        name = name if name in _KINDS else _KINDS[len(kind) % 2]
        (root / name).write_bytes(text)
        try:
            if sampled(data, 100):
                return command("build", root, "--output", folder / "release")[0]
            return told(lambda: state(read_catalogue(root), folder))
        finally:
            (root / name).write_text(FILES[name], "utf-8")

    return take


def _yaml_seeds() -> list[bytes]:
    start = {name: name.encode() + PART for name in _KINDS}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    texts = [CATALOGUE, CATALOGUE + bomb, CATALOGUE.replace("theme: [REGI]", "theme: &t [REGI]\ncategory: *t")]
    listed = [start[_KINDS[0]] + text.encode() for text in texts] * 3
    listed += [start[_KINDS[0]] + text for text in seeds.own("catalogue.yaml")]
    listed += [start[_KINDS[1]] + text for text in [PLACES.encode()] * 4 + seeds.own("dataset.yaml")]
    toml = b'lang = "fr"\nmemory = "2GB"\nthreads = 2\n[a]\nb = 2020-01-01T00:00:00Z\n'
    return [*listed, start[_KINDS[2]] + toml]


def _story(folder: Path) -> Take:
    release = build_release(folder)
    store = load(release)
    root = folder / "source"
    (root / "story").mkdir()

    def take(data: bytes) -> Outcome:
        text, query = parts_of(data, 2)
        (root / "story/story.yaml").write_bytes(text)
        (root / "story/cities.rq").write_bytes(query)
        draft = folder / "draft"
        for path in draft.glob("story/*"):
            path.unlink()
        if (draft / "story").exists():
            (draft / "story").rmdir()
        draft.mkdir(exist_ok=True)

        def work() -> Outcome:
            read = read_story(root)
            return Outcome.TAKEN if read and carry_story(read, root, draft, store) else Outcome.FOUND

        return told(work)

    return take


_STORY = """\
title: {en: A story, fr: Une histoire, de: Eine Geschichte}
lead: {en: Of cities., fr: De villes., de: Von Orten.}
sections:
  - id: cities
    title: {en: Cities, fr: Villes, de: Orte}
    parts:
      - show: bars
        query: cities.rq
        columns: {name: {en: City, fr: Ville, de: Ort}, people: {en: People, fr: Gens, de: Leute}}
      - show: table
        query: cities.rq
        columns: {name: {en: City, fr: Ville, de: Ort}}
  - id: more
    title: {en: More, fr: Plus, de: Mehr}
    parts: [{show: text, text: {en: "It is so.", fr: "C'est vrai.", de: "So ist es."}}]
"""
_QUERY = "SELECT ?name ?people { ?c schema:name ?name ; schema:population ?people } ORDER BY ?name"


def _story_seeds() -> list[bytes]:
    counted = (
        _STORY.replace("It is so.", "{n} cities.")
        .replace("C'est vrai.", "{n} villes.")
        .replace("So ist es.", "{n} Orte.")
    )
    both = counted.replace("show: text,", "show: text, query: cities.rq,")
    mine = [
        _STORY.encode() + PART + _QUERY.encode(),
        both.encode() + PART + b"SELECT (COUNT(*) AS ?n) { ?c a schema:City }",
    ]
    own = [re.sub(rb"query: [a-z-]+\.rq", b"query: cities.rq", each) for each in seeds.own("story.yaml")]
    return mine * 4 + [each + PART + _QUERY.encode() for each in own]


def _metadata(folder: Path) -> Take:
    """As `pull` does with what a portal gives as the metadata of a table: described, written, read as a catalogue."""

    def take(data: bytes) -> Outcome:
        root = write_catalogue(folder / "catalogue")
        metadata = folder / "metadata.json"
        metadata.write_bytes(data)
        dataset = DatasetFolder("places", Description({"title": {"en": "P"}, "description": {"en": "P"}}))
        table = exact._Table("cities.csv", Download("", root / "places/cities.csv", ""), Download("", metadata, ""))
        left = exact._describe(dataset, [table], {}, "https://example.org/tiny/")
        drop_lost_keys([dataset])
        catalogue = Description({"id": "tiny", "base": "https://example.org/tiny/", "title": {"en": "T"}})
        write_folder(root, catalogue, [dataset], [], hints=False, language="en")
        read = told(lambda: Outcome.TAKEN if read_catalogue(root) else Outcome.TOLD)
        return Outcome.FOUND if left else read

    return take


def _metadata_seeds() -> list[bytes]:
    table = {
        "url": "cities.csv", "dc:title": [{"@value": "Cities", "@language": "en"}],
        "tableSchema": {
            "aboutUrl": "https://example.org/tiny/city/{id}", "primaryKey": ["id"],
            "foreignKeys": [{"columnReference": ["twin"], "reference": {"resource": "../places/cities.csv", "columnReference": ["id"]}}],
            "columns": [
                {"name": "id", "titles": {"und": "id", "en": "Identifier"}, "required": True, "datatype": {"base": "string", "format": "[a-z]+"}},
                {"name": "twin", "titles": {"und": "twin"}, "propertyUrl": "http://schema.org/x", "valueUrl": "https://example.org/tiny/{twin}"},
                {"virtual": True, "propertyUrl": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "valueUrl": "https://schema.org/City"},
            ],
        },
    }  # fmt: skip
    links = {"url": "cities.tags.csv", "tableSchema": {"foreignKeys": [], "columns": [{"name": "tags"}]}}
    own = json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table, links]}, indent=1).encode()
    return [own] * 6 + seeds.suite("csvw", "*.json", most=60)


_YAML_WORDS = tuple(
    word.encode()
    for word in ("title", "base", "datasets", "license", "spatial", "temporal", "keyword", "publisher", "contactPoint", "tables",
                 "url", "dialect", "delimiter", "encoding", "utf-16", "idna", "rot13", "unicode_escape", "raw_unicode_escape", "undefined",
                 "punycode", "mbcs", "skipRows", "headerRowCount", "tableSchema", "columns", "datatype", "format", "separator", "null",
                 "default", "ordered", "virtual", "lang", "foreignKeys", "primaryKey", "propertyUrl", "valueUrl", "aboutUrl",
                 "minimum", "maxLength", "9" * 30, "prefixes", "hvdCategory", "highValue", "series", "page", "source", "conformsTo",
                 "2020-02-30", "0000-01-01", "10000-01-01", "[.inf, .nan]", "centroid", "bbox", "nuts", "&x", "*x", "!!binary", "|", ">-",
                 "%YAML 1.2", "---", "...", "\t", ": ", "\n  ", "\n", "{en: x}", "[a, b]", "true", "1e400", "(?=a)(a+)+b")
)  # fmt: skip
_STORY_WORDS = tuple(
    word.encode()
    for word in ("show", "text", "map", "bars", "list", "table", "query", "columns", "sections", "parts", "{name}", "{n}", "{x.y}",
                 "{0}", "latitude", "longitude", "../cities.rq", "story.yaml", "SELECT", "CONSTRUCT", "ASK", "SERVICE", "?name",
                 "<http://127.0.0.1:9/sparql>", "COUNT(*)", "LIMIT 0", '"en"', "LOAD", "FROM")
)  # fmt: skip
_CSVW_WORDS = tuple(
    word.encode()
    for word in ('"tables"', '"url"', '"tableSchema"', '"columns"', '"name"', '"titles"', '"@context"', '"@id"', '"@type"', '"dialect"',
                 '"primaryKey"', '"foreignKeys"', '"reference"', '"resource"', '"schemaReference"', '"datatype"', '"base"', '"format"',
                 '"notes"', '"null"', '"lang"', '"aboutUrl"', '"valueUrl"', '"virtual"', '"suppressOutput"', "null", "[]", "{}", "1",
                 '"http://127.0.0.1:9/csvw.json"', '"/outside-of-the-catalogue/secret.json"', '"../../outside/secret.csv"', "-1", "true")
)  # fmt: skip

TARGETS = (
    Target("yaml", _yaml_seeds, _YAML_WORDS, _yaml),
    Target("story", _story_seeds, _STORY_WORDS, _story),
    Target("csvw-pull", _metadata_seeds, _CSVW_WORDS, _metadata),
)
