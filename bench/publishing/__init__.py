"""What the benchmark of publishing (`bench/publish.py`) is made of: catalogues, the portal, ways to publish."""
