"""Large tables for the benchmark of tables: seeded rows of every kind of cell, and catalogues that describe them."""
