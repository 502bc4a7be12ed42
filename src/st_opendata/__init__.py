"""Publish project facts as five-star open data."""

__version__ = "0.2.0"
