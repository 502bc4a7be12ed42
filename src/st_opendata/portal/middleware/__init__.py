"""Layers between the server and the pages, one module for each purpose; `stack` has their order."""
