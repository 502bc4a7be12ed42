"""The story of a catalogue: sections for people whose every number is the answer to a query.

A catalogue may have a folder `story/` with `story.yaml` and queries (`reading`). A build answers the queries and checks
that the texts have what they need (`answering`); the release carries the story with its answers.
"""

from st_opendata.catalogue.story.answers import Answers, carry_story, read_answers
from st_opendata.catalogue.story.description import Part, Section, Story, StoryDocument, localised, read_story

__all__ = [
    "Answers",
    "Part",
    "Section",
    "Story",
    "StoryDocument",
    "carry_story",
    "localised",
    "read_answers",
    "read_story",
]
