"""Frictionless Table Schema and Data Package as the description of a table: `schema:` in dataset.yaml.

The schemas of data.gouv.fr (SCDL and others) are Table Schemas. A field becomes a CSVW column, as it would be written
in dataset.yaml; what CSVW cannot say is named in a list, which becomes findings.
"""

from st_opendata.catalogue.table_schema.columns import column_of
from st_opendata.catalogue.table_schema.descriptor import Descriptor, find_descriptor, resource_files
from st_opendata.catalogue.table_schema.reading import SchemaTable, read_schema, with_schema

__all__ = ["Descriptor", "SchemaTable", "column_of", "find_descriptor", "read_schema", "resource_files", "with_schema"]
