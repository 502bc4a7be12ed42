"""Facts: what tables state, in columns until they must be RDF."""
