"""CSV on the Web as others write it: any metadata document, any dialect, into the records that facts are made of.

`shelf` finds documents, `discovery` the one that describes a table, `descriptions` reads it, `header` holds it against
the file, `rows` reads the file. CSVW asks for errors (`ConfigurationError`) and warnings (`notices`).
"""
