"""Facts: what tables state, held in columns until they must be RDF."""

from st_opendata.facts.base import FactBase
from st_opendata.facts.reading import load_facts

__all__ = ["FactBase", "load_facts"]
