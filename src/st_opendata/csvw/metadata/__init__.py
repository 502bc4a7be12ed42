"""CSV on the Web as others write it: any metadata document, any dialect, into the records that facts are made of.

`documents` reads a metadata document, by the readers of `values`, `datatypes`, `dialects` and `common_properties`;
`header` compares it with the header of a file. CSVW requires errors (`ConfigurationError`) and warnings (`notices`).
"""
