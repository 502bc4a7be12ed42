"""Constants that a publisher states for fields of a portal, checked as the portal would check them."""

from __future__ import annotations

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.spelling import hint
from st_opendata.targets.ckan.choices import described, suggestion
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.targets.ckan.validators import TRUE


def check_constant(value: object, portal: PortalField, language: str) -> object:
    """A constant in the form of the portal's field. Raises MessageError where the field does not accept it."""
    if portal.subfields:
        listed = value if isinstance(value, list) else [value]
        return [_item(each, portal, language) for each in listed]
    if portal.languages:
        return _translated(value, portal, language)
    if portal.many:
        listed = value if isinstance(value, list) else [value]
        return [_single(each, portal, language) for each in listed]
    if isinstance(value, list) and (portal.choices is not None or portal.kind):
        raise MessageError(message("the portal accepts one value here"))
    return value if isinstance(value, dict | list) and not portal.has_form else _single(value, portal, language)


def _item(value: object, portal: PortalField, language: str) -> dict[str, object]:
    """An item of a repeated field, part by part."""
    if not isinstance(value, dict):
        example = "{" + ", ".join(f"{name}: …" for name in portal.parts) + "}"
        raise MessageError(message("the portal accepts items with parts here, as {example}", example=example))
    for name in value:
        if name not in portal.parts:
            near = hint(name, portal.parts)
            raise MessageError(message('the portal has no part "{name}" here{hint}', name=name, hint=near))
    return {name: check_constant(each, portal.parts[name], language) for name, each in value.items()}


def _translated(value: object, portal: PortalField, language: str) -> dict[str, object]:
    """A text for each language of the field; one text is for all."""
    texts = value if isinstance(value, dict) else dict.fromkeys(portal.languages, value)
    for tag in texts:
        if tag not in portal.languages:
            languages = ", ".join(portal.languages)
            text = message('the portal has no language "{tag}" here, but {languages}', tag=tag, languages=languages)
            raise MessageError(text)
    return {tag: text if isinstance(text, list) else _single(text, portal, language) for tag, text in texts.items()}


def _single(value: object, portal: PortalField, language: str) -> object:
    text = str(value)
    if portal.choices is not None:
        if text in {choice.value for choice in portal.choices}:
            return text
        raise MessageError(
            message(
                '"{value}" is not among the choices of the portal{hint}: {choices}',
                value=text,
                hint=suggestion(text, portal.choices),
                choices=described(portal.choices, language),
            )
        )
    if wrong := portal.refusal(value):
        raise MessageError(wrong)
    return text.casefold() in TRUE if portal.kind == "boolean" else value
