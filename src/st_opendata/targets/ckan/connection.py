"""Requests to a CKAN portal: one session, a timeout on each, retries of what may pass, and every failure as one error.

Reads are GET requests made by ckanapi; urllib3 repeats them, for they change nothing. Writes are POST requests made
here, because ckanapi hides the headers (Retry-After) and takes no lists beside files. The session repeats a write only
where it was never sent; whether one may be sent again is decided by `apply`, which knows what it would overwrite.
"""

from __future__ import annotations

import ast
import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from typing import Any, BinaryIO

import requests
from ckanapi import RemoteCKAN
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
from requests.adapters import HTTPAdapter
from requests_toolbelt import MultipartEncoder
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Retry
from urllib3.util.ssl_match_hostname import CertificateError

from st_opendata import __version__
from st_opendata.errors import RemoteError, UsageError
from st_opendata.http.urls import web_url
from st_opendata.place import Place
from st_opendata.targets.ckan.schemes import speaks_http, speaks_https
from st_opendata.targets.ckan.secrecy import Hide, hide_in_error, hiding

AGENT = f"st-opendata/{__version__}"
TIMEOUT = 120.0
"""Seconds to wait for the next byte of an answer: a write may have to store large files first."""
_CONNECT_TIMEOUT = 10.0
RETRY = Retry(
    total=6,
    connect=2,
    read=2,
    status=3,
    other=0,
    redirect=0,
    allowed_methods={"GET"},
    status_forcelist={429, 502, 503, 504},
    backoff_factor=0.5,
    backoff_jitter=0.3,
    raise_on_status=False,
    retry_after_max=120,
)
"""For requests that change nothing: connections that fail, and answers that say to come again."""
Uploads = Mapping[str, tuple[str, Callable[[], BinaryIO]]]
"""By the key of the request: the name of a file, and what opens it."""
TOO_LARGE = "Name the site's limit with --max-upload BYTES; with --link-base URL larger files are linked."
"""What to do about a file that the portal refuses for its size, which CKAN tells as a fault of the field `upload`."""
_SEARCH = "Have its Solr started, then run the command again."
_PASSING = {0, 429, 500, 502, 503, 504}


class CkanClient:
    """A portal's actions, called with one token; safe to use from several threads."""

    def __init__(self, url: str, token: str | None = None, *, connections: int = 4, timeout: float = TIMEOUT) -> None:
        """Raises UsageError where the URL is not http(s)."""
        if not web_url(url):
            raise UsageError(f'"{url}" is not an http(s) URL')
        self.url = url.rstrip("/")
        self._timeout = (min(_CONNECT_TIMEOUT, timeout), timeout)
        self._hide = hiding(token)
        self._session = requests.Session()
        self._session.auth = _Token(token)
        self._session.hooks["response"].append(lambda response, **_: _hide_in_response(response, self._hide))
        adapter = HTTPAdapter(pool_maxsize=connections, max_retries=RETRY)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._ckan = RemoteCKAN(self.url, user_agent=AGENT, get_only=True, session=self._session)

    def close(self) -> None:
        """Give up the connections."""
        self._session.close()

    def read(self, action: str, parameters: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes nothing. Raises RemoteError."""
        options = {"timeout": self._timeout, "allow_redirects": False}
        with self._failures(action):
            return self._ckan.call_action(action, dict(parameters or {}), requests_kwargs=options)

    def write(self, action: str, data: Mapping[str, object]) -> Any:  # noqa: ANN401 (JSON)
        """The result of an action that changes something, its data sent as JSON. Raises RemoteError."""
        return self._post(action, json.dumps(data).encode(), "application/json")

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
            return self._post(action, body, body.content_type)

    def _post(self, action: str, body: bytes | MultipartEncoder, content_type: str) -> Any:  # noqa: ANN401 (JSON)
        url = f"{self.url}/api/action/{action}"
        headers = {"Content-Type": content_type, "User-Agent": AGENT}
        with self._failures(action) as told:
            response = self._session.post(url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False)
            told.update(response.headers)
            return reverse_apicontroller_action(url, response.status_code, response.text)

    @contextmanager
    def _failures(self, action: str) -> Iterator[dict[str, str]]:
        """Raise what ckanapi and requests raise as RemoteError without token; the caller adds the answer's headers."""
        try:
            with self._errors(action) as headers:
                yield headers
        except RemoteError as error:
            raise hide_in_error(error, self._hide) from None

    @contextmanager
    def _errors(self, action: str) -> Iterator[dict[str, str]]:
        place, headers = Place(f"{self.url} ({action})"), dict[str, str]()
        try:
            yield headers
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
                f"refused: {described(details)}",
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
        except requests.exceptions.SSLError as error:
            raise self._insecure(error, place) from None
        except requests.RequestException as error:
            raise self._unanswered(error, place) from None

    def _insecure(self, error: requests.exceptions.SSLError, place: Place) -> RemoteError:
        """Why TLS failed: no trust in the certificate, no TLS at this port, or anything else."""
        cause = _cause(error)
        if isinstance(_innermost(error), ssl.SSLCertVerificationError | CertificateError):
            text = f"the certificate of the portal is not trusted: {cause}"
            remedy = "Name the file with its certificate authority in REQUESTS_CA_BUNDLE."
        elif speaks_http(self.url):
            text = "this port speaks http, not https"
            remedy = f"Give {self.url.replace('https:', 'http:', 1)} as --url, or the port for https."
        else:
            text = f"no secure connection (TLS) could be made: {cause}"
            remedy = "Check the URL and its port, and whether the portal takes TLS 1.2 or later."
        return RemoteError(text, place=place, remedy=remedy, status=495)

    def _wrong_scheme(self, place: Place, status: int = 0) -> RemoteError | None:
        """The error where http is spoken to a port for https; None for any other failure."""
        if not self.url.startswith("http:") or not speaks_https(self.url):
            return None
        remedy = f"Give {self.url.replace('http:', 'https:', 1)} as --url, or the port for http."
        return RemoteError("this port speaks https, not http", place=place, remedy=remedy, status=status or 495)

    def _unanswered(self, error: requests.RequestException, place: Place) -> RemoteError:
        if isinstance(_innermost(error), ReadTimeoutError):
            text = f"the portal did not answer within {self._timeout[1]:g} seconds"
            return RemoteError(text, place=place, remedy="Try again later; --timeout SECONDS waits longer.")
        if isinstance(_innermost(error), HTTPException | ConnectionError) and (told := self._wrong_scheme(place)):
            return told
        remedy = "Check the URL and the network, and whether the portal runs."
        return RemoteError(f"the portal did not answer: {_cause(error)}", place=place, remedy=remedy)

    def _unexpected(self, error: Exception, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer that is no CKAN envelope; ckanapi has it as the text of a list: URL, status, body."""
        try:
            _, status, body = ast.literal_eval(str(error))
        except (ValueError, SyntaxError):
            return RemoteError(f"the portal failed: {str(error)[:300]}", place=place, status=500)
        wrong = self._wrong_scheme(place, status) if status == 400 else None
        return wrong or self._answered(status, body, place, headers)

    def _answered(self, status: int, body: str, place: Place, headers: Mapping[str, str]) -> RemoteError:
        """An answer with this status that is no CKAN envelope."""
        if 300 <= status < 400:
            target = headers.get("Location") or self._location()
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

    def _location(self) -> str:
        response = self._session.get(
            f"{self.url}/api/action/status_show",
            timeout=self._timeout,
            allow_redirects=False,
            headers={"User-Agent": AGENT},
        )
        return response.headers.get("Location", "another address").removesuffix("/api/action/status_show")


class _Token(requests.auth.AuthBase):
    """Sends the token; being an authentication of its own it keeps `requests` from sending one of ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = self._token
        return request


def _hide_in_response(response: requests.Response, hide: Hide) -> None:
    """Hide the token in an answer, which is read whole."""
    for name, value in response.headers.items():
        response.headers[name] = hide(value)
    response.reason = hide(str(response.reason))
    content = response.content.decode("latin-1")  # which maps each byte to one character and back
    if (hidden := hide(content)) != content:
        response._content = hidden.encode("latin-1")  # requests has no other way


def passes(error: RemoteError) -> bool:
    """Whether the same request may succeed later: no answer, too busy, a gateway, a lost race."""
    return error.status in _PASSING


def described(details: object) -> str:
    """What a portal says of fields, on one line: `notes: Missing value; resources 2 size: Invalid integer`."""
    if isinstance(details, Mapping):
        return "; ".join(f"{key}: {described(value)}" for key, value in details.items() if value)
    if isinstance(details, list):
        return ", ".join(
            f"{number} {described(item)}" if isinstance(item, Mapping) else str(item)
            for number, item in enumerate(details, 1)
            if item
        )
    return str(details)


def _reason(error: NotAuthorized) -> str:
    content = error.args[0] if error.args else ""
    text = content.get("message", "") if isinstance(content, Mapping) else str(content)
    return text.removeprefix("Access denied: ") or "the token does not give the right to do this"


def _innermost(error: BaseException) -> BaseException:
    """The reason of an error: requests and urllib3 wrap the system's several times."""
    while inner := next(
        (each for each in (getattr(error, "reason", None), *error.args) if isinstance(each, Exception)), None
    ):
        error = inner
    return error


def _cause(error: BaseException) -> str:
    """The words of the innermost reason."""
    cause = _innermost(error)
    return re.sub(r"^<?\S*object at 0x[0-9a-f]+>?: |^.*?Connection\(.*?\): ", "", str(cause)) or type(cause).__name__


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
