"""What addresses are made of."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor

from st_opendata.model.text import LANGUAGES


class LanguageConvertor(Convertor[str]):
    """`{language:language}` in a route: one of the languages that pages speak."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_string(self, value: str) -> str:
        """As it stands in the address."""
        return value


def register_convertors() -> None:
    """Make our convertors known to routes; to be called before the first one is made."""
    register_url_convertor("language", LanguageConvertor())
