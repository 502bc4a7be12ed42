"""A page and RDF documents for every IRI that a release states something about."""
