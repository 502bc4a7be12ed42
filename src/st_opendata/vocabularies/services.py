"""Services that a dataset may be reached by: their protocols, each with its standard and its EU file-type code."""

from __future__ import annotations

from dataclasses import dataclass

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.spelling import hint

_OGC = "http://www.opengis.net/def/serviceType/ogc/"


@dataclass(frozen=True, slots=True)
class ServiceProtocol:
    """A protocol of services: what `service:` calls it, its label, the IRI of its standard, its file-type code."""

    name: str
    label: str
    standard: str | None = None
    file_type: str | None = None


PROTOCOLS = (
    ServiceProtocol("WMS", "WMS", f"{_OGC}wms", "WMS_SRVC"),
    ServiceProtocol("WFS", "WFS", f"{_OGC}wfs", "WFS_SRVC"),
    ServiceProtocol("WCS", "WCS", f"{_OGC}wcs", "WCS_SRVC"),
    ServiceProtocol("WMTS", "WMTS", f"{_OGC}wmts"),
    ServiceProtocol("OGC_API", "OGC API", "https://ogcapi.ogc.org/"),
    ServiceProtocol("SPARQL", "SPARQL", "https://www.w3.org/TR/sparql11-protocol/"),
    ServiceProtocol("ODATA", "OData", "https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part1-protocol.html"),
    ServiceProtocol("REST", "REST", None, "REST"),
)
"""REST is any other interface over HTTP."""


def protocol_named(name: str) -> ServiceProtocol:
    """The protocol of this name; MessageError for any other name, with the most similar one."""
    for protocol in PROTOCOLS:
        if protocol.name == name:
            return protocol
    known = [protocol.name for protocol in PROTOCOLS]
    raise MessageError(
        message(
            '"{name}" is not one of the services {names}{hint}',
            name=name,
            names=", ".join(known),
            hint=hint(name, known),
        )
    )
