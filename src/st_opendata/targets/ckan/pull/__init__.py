"""A CKAN portal's datasets as a catalogue folder."""
