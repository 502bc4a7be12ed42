"""RDF, read and written alike for facts, catalogue, ontology and shapes.

`formats` has a record of each syntax, `reading` turns a file of any of them into rdflib terms, `lines` handles the
N-Triples lines of facts, `writing` writes them: the same triples give the same bytes. `labels` gives
the names of things. `formats` and `labels` load no library.
"""
