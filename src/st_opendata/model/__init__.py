"""Frozen records that the layers hand to each other, so that siblings need not know each other."""
