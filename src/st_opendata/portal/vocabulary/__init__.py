"""The vocabulary of a release for readers and programs: its ontology on one page, each of its SKOS schemes on another."""
