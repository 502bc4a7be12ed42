"""The web application that reads a release: pages for visitors, and the SPARQL endpoint for researchers."""

from st_opendata.portal.routing import register_convertors

register_convertors()
