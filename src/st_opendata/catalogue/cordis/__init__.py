"""CORDIS's exports as a catalogue: tables copied unchanged, and descriptions that state them as EURIO 2.4.

What the tables say in CORDIS's own way (delimiters, decimal commas, spellings of roles, HTML entities) is described in
dataset.yaml, in the terms of CSVW and `cleaning`, so that a publisher can change it.
"""

from st_opendata.catalogue.cordis.importing import import_cordis
from st_opendata.catalogue.cordis.sample import SampleLayout, write_sample_tables

__all__ = ["SampleLayout", "import_cordis", "write_sample_tables"]
