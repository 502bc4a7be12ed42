"""The web application that reads a release: pages for visitors, and the SPARQL endpoint for researchers."""
