"""`security.txt`: the contact for reports of vulnerabilities (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.model.text import LANGUAGES
from st_opendata.portal.data.descriptions import find_contacts
from st_opendata.portal.requests import base_url, edition_of
from st_opendata.portal.responses import content

_SECURITY_KNOWN = timedelta(days=90)
"""The time until the file expires; RFC 9116 recommends less than a year."""


def show_security(request: Request) -> Response:
    """The contact for reports of vulnerabilities (RFC 9116): the catalogue's contact point, or 404 without one."""
    contacts = edition_of(request).part(find_contacts)
    if not contacts:
        raise HTTPException(404)
    expires = datetime.now(UTC).date() + _SECURITY_KNOWN
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {base_url(request)}/.well-known/security.txt",
    ]
    return content(request, "\n".join([*lines, ""]), "text/plain")


ROUTES = [Route("/.well-known/security.txt", show_security)]
