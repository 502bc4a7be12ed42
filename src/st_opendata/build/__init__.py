"""Checking a catalogue, and building a release from it."""

from st_opendata.build.stages import Job, Outcome, build, check

__all__ = ["Job", "Outcome", "build", "check"]
