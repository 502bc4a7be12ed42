"""The web application that reads a release: pages for visitors, SPARQL for researchers."""
