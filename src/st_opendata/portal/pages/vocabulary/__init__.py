"""The vocabulary of a release for readers and programs: its ontology on one page, each SKOS scheme on another."""
