"""SPARQL 1.1 over a release: queries, the store they run on, and the endpoint with its worker processes."""
