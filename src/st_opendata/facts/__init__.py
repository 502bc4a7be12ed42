"""Facts: the statements of tables, in columns until they must be RDF."""

from st_opendata.facts.base import FactBase
from st_opendata.facts.files import FactReader
from st_opendata.facts.reading import MAPPING, load_facts

__all__ = ["MAPPING", "FactBase", "FactReader", "load_facts"]
