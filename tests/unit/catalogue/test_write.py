"""Files for people read back unchanged, for any text from a portal."""

from __future__ import annotations

import doctest
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from st_opendata import names
from st_opendata.catalogue.statements import Description
from st_opendata.catalogue.write import write_yaml
from st_opendata.documents import read_document
from st_opendata.messages.message import verbatim
from st_opendata.targets.ckan.pull.columns import shorten
from st_opendata.targets.ckan.pull.fields import clean

TEXT = st.text().map(clean)
KEYS = ("id", "title", "keyword", "theme")


@settings(deadline=None)  # writes a file, which takes long on a busy machine
@example({"title": {"en": "one\x85two\u2028three\nfour"}}, ["a\x85b: c"])
@given(
    st.fixed_dictionaries(
        {"title": st.dictionaries(st.sampled_from(("en", "fr")), TEXT)},
        optional={"id": TEXT, "keyword": st.dictionaries(st.just("en"), st.lists(TEXT)), "theme": st.lists(TEXT)},
    ),
    st.lists(st.text(), max_size=3),
)
def test_any_text_is_read_back_whatever_the_comments_say(values: dict[str, object], comments: list[str]) -> None:
    remarks = [verbatim(comment) for comment in comments]
    description = Description(values, {"theme": remarks, "title": remarks})
    text = write_yaml(description, remarks, KEYS, ("theme",))
    with TemporaryDirectory() as folder:
        path = Path(folder, "dataset.yaml")
        path.write_text(text, "utf-8", newline="\n")
        assert read_document(path, path.name).data == values


def test_templates_are_short_where_the_short_form_is_read_as_the_same() -> None:
    base = "https://example.org/tiny/"
    assert shorten("https://example.org/tiny/city/{id}", base) == "city/{id}"
    assert shorten("https://schema.org/name", base) == "schema:name"
    assert shorten("https://example.org/tiny/a:b/{id}", base) == "https://example.org/tiny/a:b/{id}"
    assert shorten("https://example.org/tiny/", base) == "https://example.org/tiny/"
    assert shorten("{+page}", base) == "{+page}"


def test_names() -> None:
    assert doctest.testmod(names).failed == 0
    assert names.slug("../../Ægir & Søn") == "aegir-son"
    assert names.free("roads", ["Roads", "roads-2"]) == "roads-3"
