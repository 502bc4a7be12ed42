"""Tables of CSV on the Web as rows of triples and of values, by the same expressions as the facts of a catalogue.

Where a catalogue has findings, CSVW has output with warnings: cells that are wrong keep their text, variables without
a value expand to nothing, rows without aboutUrl are blank nodes.
"""
