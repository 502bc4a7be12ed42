"""The data behind pages: the edition that is served, its rows, its datasets, and the index to search them."""
