"""Requests to a CKAN portal: each has a time limit, temporary failures are retried, each failure is one error.

Reads are GET requests; urllib3 repeats them, since they change nothing. Writes are POST requests with lists and files;
the headers of the answer (Retry-After) are needed too, which ckanapi's own client does not give. ckanapi reads the
answers. A write is repeated only if it was never sent; `apply`, which knows what it would overwrite, decides whether
one may be sent again.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
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
from requests_toolbelt import MultipartEncoder, MultipartEncoderMonitor

from st_opendata.errors import RemoteError, UsageError
from st_opendata.http.client import Cause, HttpClient, TransferLimits, Wording, blocks
from st_opendata.http.redaction import redact_error, redactor
from st_opendata.http.tls import Tls, is_open_network, speaks_https
from st_opendata.http.urls import web_url
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.place import Place
from st_opendata.targets.base import Sending

TIMEOUT = 120.0
"""Seconds to wait for the next byte of an answer: a write may have to store large files first."""
_LARGEST_ANSWER = 500_000_000
"""Bytes: a page of 250 datasets with all their metadata has a few millions."""
_CHECK = message("Check the URL and the network, and whether the portal runs.")
_CERTIFICATE = message(
    "The portal requires a client certificate that it accepts: name its file with --client-cert, and that of its key "
    "with --client-key."
)
_PROXY = message(
    "Check HTTPS_PROXY and HTTP_PROXY, with user name and password as http://USER:PASSWORD@HOST:PORT; NO_PROXY names "
    "hosts without a proxy."
)
_WORDING: Wording = {
    Cause.UNANSWERED: (message("the portal did not answer: {detail}"), _CHECK),
    Cause.TIMEOUT: (
        message("the portal did not answer within {detail} seconds"),
        message("Try again later, or wait longer with --timeout SECONDS."),
    ),
    Cause.UNTRUSTED: (
        message("the certificate of the portal is not trusted: {detail}"),
        message("Name the file with its certificate authority in REQUESTS_CA_BUNDLE; for a test, use --insecure."),
    ),
    Cause.TLS: (
        message("no secure connection (TLS) could be made: {detail}"),
        message("Check the URL and its port, and whether the portal accepts TLS 1.2 or later."),
    ),
    Cause.PLAIN_HTTP: (
        message("this port speaks http, not https"),
        message("Give {url} as --url, or the port for https."),
    ),
    Cause.ONLY_HTTPS: (
        message("this port speaks https, not http"),
        message("Give {url} as --url, or the port for http."),
    ),
    Cause.CLIENT_CERTIFICATE: (message("the portal refused the connection: {detail}"), _CERTIFICATE),
    Cause.PROXY: (message("the proxy before the portal failed: {detail}"), _PROXY),
    Cause.TOO_LARGE: (message("the portal's answer is larger than {detail} bytes"), _CHECK),
}
Uploads = Mapping[str, tuple[str, Callable[[], BinaryIO]]]
"""By the key of the request: the name of a file, and the function that opens it."""
TOO_LARGE = message(
    "Name the site's limit with --max-upload BYTES; add --link-base URL so that larger files are linked."
)
"""The remedy for a file that the portal refuses for its size, which CKAN reports as a fault of the field `upload`."""
_SEARCH = message("Ask the portal's administrator to start its Solr, then run the command again.")
_HOME_PAGE = message("Give the URL of the portal's home page as --url.")


class CkanClient:
    """A portal's actions, called with one token; safe to use from several threads."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        connections: int = 4,
        timeout: float = TIMEOUT,
        tls: Tls = Tls(),  # noqa: B008 (frozen)
    ) -> None:
        """Raises UsageError where the URL is not http(s), or the token would be readable on its way."""
        if not web_url(url):
            raise UsageError(message('"{url}" is not an http(s) URL', url=url))
        if token and is_open_network(url) and not tls.insecure:
            raise UsageError(
                message("the API token would go to {url} without encryption", url=url),
                remedy=message("Give an https URL. If the whole way is a network that you trust, add --insecure."),
            )
        self.url = url.rstrip("/")
        self._limits = TransferLimits(timeout, _LARGEST_ANSWER)
        self.tls = tls
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
        """Close the connections."""
        self._http.close()

    def read(self, action: str, parameters: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes nothing. Raises RemoteError."""
        return self._call("GET", action, params=dict(parameters or {}))

    def write(self, action: str, data: Mapping[str, object]) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes something, its data sent as JSON. Raises RemoteError."""
        return self._call("POST", action, data=json.dumps(data).encode(), headers={"Content-Type": "application/json"})

    def send(self, action: str, data: Mapping[str, object], files: Uploads, on_sending: Sending | None = None) -> Any:  # noqa: ANN401 (JSON)
        """As `write`, with data and files in one multipart request, streamed from the disk.

        `on_sending` hears of the bytes of the whole request, under the name of its first file.

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
            watched = _watched(body, [name for name, _ in files.values()], on_sending) if on_sending else body
            return self._call("POST", action, data=watched, headers={"Content-Type": body.content_type})

    def _call(self, method: str, action: str, **request: object) -> Any:  # noqa: ANN401 (JSON)
        """Send a request and read the answer, whole and without the token."""
        url, place = f"{self.url}/api/action/{action}", Place(f"{self.url} ({action})")
        request |= self.tls.request_options()
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
            raise RemoteError(message("not found: {reason}", reason=str(error)), place=place, status=404) from None
        except NotAuthorized as error:
            raise RemoteError(
                message("not allowed: {reason}", reason=_reason(error)),
                place=place,
                remedy=message("Use a token of a user who may edit datasets in the organisation."),
                status=403,
            ) from None
        except ValidationError as error:
            details = {key: value for key, value in (error.error_dict or {}).items() if key != "__type"}
            raise RemoteError(
                message("refused: {reason}", reason=format_details(details)),
                place=place,
                remedy=TOO_LARGE if "upload" in details else None,
                status=409,
                details=details,
            ) from None
        except (SearchError, SearchIndexError) as error:
            raise RemoteError(_search_failed(str(error)[:200]), place=place, remedy=_SEARCH, status=500) from None
        except KeyError as error:  # ckanapi raises it for JSON with success and without result
            raise RemoteError(
                message("the answer is not from CKAN's API: its JSON has no {key}", key=str(error)),
                place=place,
                remedy=_HOME_PAGE,
                status=200,
            ) from None
        except (CKANAPIError, ServerIncompatibleError) as error:
            raise self._unexpected(error, place, headers) from None

    def _unexpected(self, error: Exception, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer that is not a CKAN envelope; ckanapi gives it as the text of a list: URL, status, body."""
        try:
            _, status, body = ast.literal_eval(str(error))
        except (ValueError, SyntaxError):
            text = message("the portal failed: {reason}", reason=str(error)[:300])
            return RemoteError(text, place=place, status=500)
        if status == 400 and self.url.startswith("http:") and speaks_https(self.url):
            text, remedy = _WORDING[Cause.ONLY_HTTPS]
            other = self.url.replace("http:", "https:", 1)
            return RemoteError(text, place=place, remedy=replace(remedy, fields={"url": other}), status=status)
        return self._answered(status, body, place, headers)

    def _answered(self, status: int, body: str, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer with this status that is not a CKAN envelope."""
        if 300 <= status < 400:
            target = headers.get("Location", "").removesuffix("/api/action/status_show")
            return RemoteError(
                message("the portal redirects to {target}", target=target or message("another address")),
                place=place,
                remedy=message("Give the URL to which it redirects as --url."),
                status=status,
            )
        summary = _summary(body)
        if refused := _before_the_portal(status, summary):
            return RemoteError(refused[0], place=place, remedy=refused[1], status=status)
        if status in (200, 404, 405):
            return RemoteError(
                message("the answer is not from CKAN's API: {summary}", summary=summary),
                place=place,
                remedy=message("Give the URL of the portal's home page, without /api or /dataset."),
                status=status,
            )
        if str(summary).startswith("Search "):
            return RemoteError(_search_failed(summary), place=place, remedy=_SEARCH, status=status)
        return RemoteError(
            message("the portal answered {status}: {summary}", status=status, summary=summary),
            place=place,
            remedy=message("Try again; see the portal's log."),
            status=status,
            wait=_seconds(headers.get("Retry-After")),
        )


def _watched(body: MultipartEncoder, names: Sequence[str], on_sending: Sending) -> MultipartEncoderMonitor:
    """The body, which tells how many of its bytes were read; `names` are those of its files."""
    title = names[0] if len(names) == 1 else f"{names[0]} + {len(names) - 1}"
    return MultipartEncoderMonitor(body, lambda monitor: on_sending(title, monitor.bytes_read, monitor.len))


def _before_the_portal(status: int, summary: Message) -> tuple[Message, Message] | None:
    """Message and remedy of an answer that a proxy or the server before CKAN gives, CKAN's limit of a body included."""
    if status == 407:
        return message("the proxy before the portal failed: {detail}", detail=summary), _PROXY
    if status == 413:
        return message("the portal does not accept files as large as these"), TOO_LARGE
    if status == 400 and "SSL certificate" in str(summary):  # as nginx says it
        return message("the portal refused the connection: {detail}", detail=summary), _CERTIFICATE
    return None


def _search_failed(reason: str | Message) -> Message:
    return message("the portal's search failed: {reason}", reason=reason)


def format_details(details: object) -> str:
    """A portal's remarks on fields, on one line: `notes: Missing value; resources 2 size: Invalid integer`."""
    if isinstance(details, Mapping):
        return "; ".join(f"{key}: {format_details(value)}" for key, value in details.items() if value)
    if isinstance(details, list):
        return ", ".join(
            f"{number} {format_details(item)}" if isinstance(item, Mapping) else str(item)
            for number, item in enumerate(details, 1)
            if item
        )
    return str(details)


def _reason(error: NotAuthorized) -> Message:
    content = error.args[0] if error.args else ""
    text = content.get("message", "") if isinstance(content, Mapping) else str(content)
    denied = text.removeprefix("Access denied: ")
    return verbatim(denied) if denied else message("the token does not give the right to do this")


def _summary(body: str) -> Message:
    """The message of CKAN's envelope, the title of a web page, else the beginning of the text."""
    try:
        error = json.loads(body)["error"]
        return verbatim(f"{error['__type']}: {error['message']}")
    except (ValueError, KeyError, TypeError):
        pass
    title = re.search(r"<title>\s*(.*?)\s*</title>", body, re.IGNORECASE | re.DOTALL)
    if title:
        return message('a web page, "{title}"', title=" ".join(title[1].split())[:200])
    start = " ".join(re.sub(r"<[^>]*>", " ", body).split())[:200]
    return verbatim(start) if start else message("an empty answer")


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds if it is a number (RFC 9110, section 10.2.3); for a date our own intervals apply."""
    return min(float(retry_after), 120.0) if retry_after and retry_after.strip().isdigit() else None
