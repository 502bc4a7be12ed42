"""Requests to a CKAN portal: a time limit on each, retries of what may pass, and every failure as one error.

Reads are GET requests; urllib3 repeats them, for they change nothing. Writes are POST requests, with lists beside files
and the headers of the answer (Retry-After), which ckanapi's own client does not give; it reads the answers. A write is
repeated only where it was never sent; whether one may be sent again is decided by `apply`, which knows what it would
overwrite.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

from ckanapi.common import reverse_apicontroller_action
from ckanapi.errors import (
    CKANAPIError,
    NotAuthorized,
    NotFound,
    SearchError,
    SearchIndexError,
    ServerIncompatibleError,
    ValidationError,
)
from requests_toolbelt import MultipartEncoder

from st_opendata.errors import RemoteError, UsageError
from st_opendata.http.client import Cause, HttpClient, TransferLimits, Wording, blocks, speaks_https
from st_opendata.http.redaction import redact_error, redactor
from st_opendata.http.urls import web_url
from st_opendata.place import Place

TIMEOUT = 120.0
"""Seconds to wait for the next byte of an answer: a write may have to store large files first."""
_LARGEST_ANSWER = 500_000_000
"""Bytes: a page of 250 datasets with all that they say has a few millions."""
_UNANSWERED = ("the portal did not answer: {}", "Check the URL and the network, and whether the portal runs.")
_WORDING: Wording = {
    Cause.UNANSWERED: _UNANSWERED,
    Cause.TIMEOUT: (
        "the portal did not answer within {} seconds",
        "Try again later; --timeout SECONDS waits longer.",
    ),
    Cause.UNTRUSTED: (
        "the certificate of the portal is not trusted: {}",
        "Name the file with its certificate authority in REQUESTS_CA_BUNDLE.",
    ),
    Cause.TLS: (
        "no secure connection (TLS) could be made: {}",
        "Check the URL and its port, and whether the portal takes TLS 1.2 or later.",
    ),
    Cause.PLAIN_HTTP: ("this port speaks http, not https", "Give {} as --url, or the port for https."),
    Cause.ONLY_HTTPS: ("this port speaks https, not http", "Give {} as --url, or the port for http."),
    Cause.TOO_LARGE: ("the portal's answer is larger than {} bytes", _UNANSWERED[1]),
}
Uploads = Mapping[str, tuple[str, Callable[[], BinaryIO]]]
"""By the key of the request: the name of a file, and what opens it."""
TOO_LARGE = "Name the site's limit with --max-upload BYTES; with --link-base URL larger files are linked."
"""What to do about a file that the portal refuses for its size, which CKAN reports as a fault of the field `upload`."""
_SEARCH = "Have its Solr started, then run the command again."


class CkanClient:
    """A portal's actions, called with one token; safe to use from several threads."""

    def __init__(self, url: str, token: str | None = None, *, connections: int = 4, timeout: float = TIMEOUT) -> None:
        """Raises UsageError where the URL is not http(s)."""
        if not web_url(url):
            raise UsageError(f'"{url}" is not an http(s) URL')
        self.url = url.rstrip("/")
        self._limits = TransferLimits(timeout, _LARGEST_ANSWER)
        self._redact = redactor(token)
        self._http = HttpClient(
            wording=_WORDING,
            address=self.url,
            authorization=lambda _: token,
            redact=self._redact,
            connections=connections,
            repeat=True,
        )

    def close(self) -> None:
        """Give up the connections."""
        self._http.close()

    def read(self, action: str, parameters: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes nothing. Raises RemoteError."""
        return self._call("GET", action, params=dict(parameters or {}))

    def write(self, action: str, data: Mapping[str, object]) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes something, its data sent as JSON. Raises RemoteError."""
        return self._call("POST", action, data=json.dumps(data).encode(), headers={"Content-Type": "application/json"})

    def send(self, action: str, data: Mapping[str, object], files: Uploads) -> Any:  # noqa: ANN401 (JSON)
        """As `write`, with files beside the data: one multipart request, streamed from the disk.

        Raises:
            RemoteError: as for every request.
            OSError: a file cannot be read.
        """
        if not files:
            return self.write(action, data)
        with ExitStack() as opened:
            parts: list[tuple[str, object]] = [(key, json.dumps(value)) for key, value in data.items()]
            for key, (name, opener) in files.items():
                parts.append((key, (name, opened.enter_context(opener()), "application/octet-stream")))
            body = MultipartEncoder(parts)
            return self._call("POST", action, data=body, headers={"Content-Type": body.content_type})

    def _call(self, method: str, action: str, **request: object) -> Any:  # noqa: ANN401 (JSON)
        """Send a request and read the answer, whole and without the token."""
        url, place = f"{self.url}/api/action/{action}", Place(f"{self.url} ({action})")
        with self._http.request(method, url, self._limits, follow=False, place=place, **request) as response:
            status, content = int(response.status_code), b"".join(blocks(response, self._limits))
            headers = {name: self._redact(value) for name, value in response.headers.items()}
        try:
            with self._errors(place, headers):
                return reverse_apicontroller_action(url, status, self._redact(content.decode("utf-8", "replace")))
        except RemoteError as error:
            raise redact_error(error, self._redact) from None

    @contextmanager
    def _errors(self, place: Place, headers: Mapping[str, str]) -> Iterator[None]:
        """Raise what ckanapi raises as RemoteError; `headers` are those of the answer."""
        try:
            yield
        except NotFound as error:
            raise RemoteError(f"not found: {error}", place=place, status=404) from None
        except NotAuthorized as error:
            raise RemoteError(
                f"not allowed: {_reason(error)}",
                place=place,
                remedy="Use a token of a user who may edit datasets in the organisation.",
                status=403,
            ) from None
        except ValidationError as error:
            details = {key: value for key, value in (error.error_dict or {}).items() if key != "__type"}
            raise RemoteError(
                f"refused: {format_details(details)}",
                place=place,
                remedy=TOO_LARGE if "upload" in details else None,
                status=409,
                details=details,
            ) from None
        except (SearchError, SearchIndexError) as error:
            raise RemoteError(
                f"the portal's search failed: {str(error)[:200]}",
                place=place,
                remedy=_SEARCH,
                status=500,
            ) from None
        except KeyError as error:  # what ckanapi raises for JSON with success and without result
            raise RemoteError(
                f"what answers is not CKAN's API: its JSON has no {error}",
                place=place,
                remedy="Give the URL of the portal's home page as --url.",
                status=200,
            ) from None
        except (CKANAPIError, ServerIncompatibleError) as error:
            raise self._unexpected(error, place, headers) from None

    def _unexpected(self, error: Exception, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer that is no CKAN envelope; ckanapi has it as the text of a list: URL, status, body."""
        try:
            _, status, body = ast.literal_eval(str(error))
        except (ValueError, SyntaxError):
            return RemoteError(f"the portal failed: {str(error)[:300]}", place=place, status=500)
        if status == 400 and self.url.startswith("http:") and speaks_https(self.url):
            message, remedy = _WORDING[Cause.ONLY_HTTPS]
            other = self.url.replace("http:", "https:", 1)
            return RemoteError(message, place=place, remedy=remedy.format(other), status=status)
        return self._answered(status, body, place, headers)

    def _answered(self, status: int, body: str, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer with this status that is no CKAN envelope."""
        if 300 <= status < 400:
            target = headers.get("Location", "another address").removesuffix("/api/action/status_show")
            return RemoteError(
                f"the portal redirects to {target}",
                place=place,
                remedy="Give the URL to which it redirects as --url.",
                status=status,
            )
        if status in (200, 404, 405):
            return RemoteError(
                f"what answers is not CKAN's API: {_summary(body)}",
                place=place,
                remedy="Give the URL of the portal's home page, without /api or /dataset.",
                status=status,
            )
        if status == 413:
            text = "the portal does not take files as large as these"
            return RemoteError(text, place=place, remedy=TOO_LARGE, status=413)
        summary, wait = _summary(body), _seconds(headers.get("Retry-After"))
        if summary.startswith("Search "):
            return RemoteError(f"the portal's search failed: {summary}", place=place, remedy=_SEARCH, status=status)
        text = f"the portal answered {status}: {summary}"
        return RemoteError(text, place=place, remedy="Try again; see the portal's log.", status=status, wait=wait)


def format_details(details: object) -> str:
    """What a portal says of fields, on one line: `notes: Missing value; resources 2 size: Invalid integer`."""
    if isinstance(details, Mapping):
        return "; ".join(f"{key}: {format_details(value)}" for key, value in details.items() if value)
    if isinstance(details, list):
        return ", ".join(
            f"{number} {format_details(item)}" if isinstance(item, Mapping) else str(item)
            for number, item in enumerate(details, 1)
            if item
        )
    return str(details)


def _reason(error: NotAuthorized) -> str:
    content = error.args[0] if error.args else ""
    text = content.get("message", "") if isinstance(content, Mapping) else str(content)
    return text.removeprefix("Access denied: ") or "the token does not give the right to do this"


def _summary(body: str) -> str:
    """The message of CKAN's envelope, the title of a web page, else the beginning of the text."""
    try:
        error = json.loads(body)["error"]
        return f"{error['__type']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        pass
    title = re.search(r"<title>\s*(.*?)\s*</title>", body, re.IGNORECASE | re.DOTALL)
    if title:
        return f'a web page, "{" ".join(title[1].split())[:200]}"'
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())[:200] or "an empty answer"


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds where it is a number (RFC 9110, section 10.2.3); a date is left to our own waiting."""
    return min(float(retry_after), 120.0) if retry_after and retry_after.strip().isdigit() else None
