"""Pages, other datasets and identifiers, read back from DCAT statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from st_opendata.catalogue.statements.reader import Reader, Yaml, filled, one_or_more
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Term, text_of


def links(name: str) -> Callable[[Reader, str], object]:
    """The reader of pages."""
    return lambda reader, key: [link for node in reader.values(key, name) for link in _link(reader, node)]


def _link(reader: Reader, node: Term) -> Iterator[Yaml]:
    """A page with its label, twice where a page has two labels in a language; its address where it has no label."""
    labels = reader.by_language(reader.below(node, "dct:title"))
    for number in range(max(map(len, labels.values()), default=1)):
        label = {language: texts[number] for language, texts in labels.items() if number < len(texts)}
        yield {"url": text_of(node), "label": label or {reader.language: text_of(node)}}


def read_landing_pages(reader: Reader, key: str) -> object:
    """The landing pages."""
    return one_or_more(link for node in reader.values(key, "dcat:landingPage") for link in _link(reader, node))


def read_identifier(reader: Reader, key: str) -> object:
    """The identifier, if it is not the IRI of the dataset itself."""
    found = [value for value in reader.values(key, "dct:identifier") if text_of(value) != reader.node]
    value = reader.first(key, found)
    return text_of(value) if value else None


def read_other_identifiers(reader: Reader, key: str) -> object:
    """Identifiers that others gave."""
    found = (
        filled(
            notation=reader.text_below(node, "skos:notation"),
            agency=reader.texts(reader.below(node, "adms:schemaAgency")),
        )
        for node in reader.values(key, "adms:identifier")
    )
    return one_or_more(each for each in found if "notation" in each)


def related(name: str) -> Callable[[Reader, str], object]:
    """The reader of other datasets."""
    return lambda reader, key: one_or_more(_dataset(reader, node) for node in reader.values(key, name))


def _dataset(reader: Reader, node: Term) -> Yaml:
    """Another dataset: by its id if the same catalogue has it."""
    base = reader.node.rpartition("/")[0]
    folder, _, name = text_of(node).rpartition("/")
    if folder == base and reader.graph.has(f"{base.rpartition('/')[0]}/catalogue", expand("dcat:dataset"), node):
        return {"dataset": name}
    titles, descriptions = (reader.texts(reader.below(node, each)) for each in ("dct:title", "dct:description"))
    described = descriptions if descriptions != titles else {}
    return filled(iri=text_of(node), title=titles or {reader.language: text_of(node)}, description=described)


def read_qualified_relations(reader: Reader, key: str) -> object:
    """Other datasets with their roles."""
    return one_or_more(
        {"relation": _dataset(reader, other), "role": text_of(role)}
        for node in reader.values(key, "dcat:qualifiedRelation")
        for other in reader.below(node, "dct:relation")
        for role in reader.below(node, "dcat:hadRole")
    )
