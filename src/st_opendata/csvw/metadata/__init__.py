"""CSV on the Web from third parties: converts any metadata document and dialect into the records for facts.

`documents` reads a metadata document, by the readers of `values`, `datatypes`, `dialects` and `common_properties`;
`header` compares it with the header of a file. CSVW requires errors (`ConfigurationError`) and warnings (`notices`).
"""
