"""RDF, read and written alike for facts, catalogue, ontology and shapes.

`formats` has a record of each syntax, `reading` turns a file of any of them into rdflib terms, `lines` holds the
N-Triples lines in which facts travel, `writing` writes them: the same triples give the same bytes. `labels` says what a
thing is called. `formats` and `labels` load no library.
"""
