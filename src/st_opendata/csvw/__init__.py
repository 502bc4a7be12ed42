"""Tables on the web converted: csv2rdf and csv2json, minimal and standard, for any CSVW description."""

from st_opendata.csvw.group import OpenGroup, open_group

__all__ = ["OpenGroup", "open_group"]
