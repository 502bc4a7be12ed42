"""The one HTTP client: limits on size and time, no accidental credentials, and one mapping of causes to errors.

`requests` is imported when the first client is made, since it belongs to extras.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from st_opendata import __version__
from st_opendata.errors import InputError, RemoteError, UsageError
from st_opendata.http.redaction import Redact, redact_error
from st_opendata.http.tls import Tls, requires_certificate, speaks_http, speaks_https
from st_opendata.http.urls import web_url
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place

if TYPE_CHECKING:
    import requests

HttpResponse: TypeAlias = "requests.Response"
AGENT = f"st-opendata/{__version__}"
CONNECT_TIMEOUT = 10.0
MAX_BYTES = 100_000_000
"""The default limit of a document on the web."""
_BLOCK = 65_536
_PASSING = {0, 429, 500, 502, 503, 504}


class Cause(Enum):
    """The cause of a failed request."""

    UNANSWERED = auto()
    """No such host, a refused or broken connection, an answer that is not HTTP."""
    TIMEOUT = auto()
    UNTRUSTED = auto()
    """A certificate that no known authority signed."""
    TLS = auto()
    PLAIN_HTTP = auto()
    """https was spoken to a port for http."""
    ONLY_HTTPS = auto()
    """http was spoken to a port for https."""
    CLIENT_CERTIFICATE = auto()
    """The server requires a certificate of the client, or refuses the one that it got."""
    PROXY = auto()
    """The proxy between refuses, fails or does not answer."""
    TOO_LARGE = auto()
    TOO_SLOW = auto()


Wording = Mapping[Cause, tuple[Message, Message]]
"""Message and remedy of each cause; those of `UNANSWERED` for missing causes.

In the message `{detail}` is the reason, the time or the size, in the remedy `{url}` is the URL with the other scheme.
"""
WORDING: Wording = {
    Cause.UNANSWERED: (message("did not answer: {detail}"), message("Check the URL and the network.")),
    Cause.PROXY: (
        message("the proxy failed: {detail}"),
        message("Check the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY."),
    ),
    Cause.TOO_LARGE: (message("is larger than {detail} bytes"), message("Download it, then name the file.")),
    Cause.TOO_SLOW: (message("took longer than {detail} seconds"), message("Download it, then name the file.")),
}
_SECURITY = {Cause.UNTRUSTED, Cause.TLS, Cause.PLAIN_HTTP, Cause.ONLY_HTTPS, Cause.CLIENT_CERTIFICATE}
_ABOUT_CERTIFICATE = ("CERTIFICATE_REQUIRED", "ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_EXPIRED")
"""Alerts of a server about the certificate of its client (RFC 8446, section 6.2), as OpenSSL names them."""
_SECURITY_STATUS = 495
"""Not a status of HTTP: a request that fails for this will fail again."""


@dataclass(frozen=True, slots=True)
class TransferLimits:
    """Limits of a request: seconds to wait for the next byte, and of an answer that streams its bytes and seconds."""

    timeout: float = 60.0
    size: int | None = None
    seconds: float | None = None


class HttpClient:
    """Requests to one server or many; safe to use from several threads."""

    def __init__(
        self,
        *,
        wording: Wording = WORDING,
        address: str | None = None,
        authorization: Callable[[str], str | None] | None = None,
        redact: Redact = str,
        connections: int = 4,
        repeat: bool = False,
    ) -> None:
        """A client that repeats failed GET requests where that may help, if `repeat` is set.

        Remedies name the `address` that the user gave, else the URL of the request. `authorization` gives the header
        for a URL; without it `requests` takes one of ~/.netrc. `redact` hides secrets in errors.

        Raises:
            InputError: the package requests is not installed.
        """
        requests = _requests()
        from requests.adapters import HTTPAdapter

        self._wording = wording
        self._address = address
        self._redact = redact
        self._session = requests.Session()
        if authorization:
            self._session.auth = _authorization(authorization)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections, max_retries=_retry() if repeat else 0))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextmanager
    def request(
        self,
        method: str,
        url: str,
        limits: TransferLimits,
        *,
        follow: bool = True,
        place: Place | None = None,
        **more: Any,  # noqa: ANN401 (as requests takes them)
    ) -> Iterator[HttpResponse]:
        """An answer whose body streams (`blocks`); `more` goes to `requests`, `follow` follows redirects.

        Raises:
            RemoteError: here and while the body is read, with the message of the cause, at `place` or else the URL.
        """
        headers = {"User-Agent": AGENT, **(more.pop("headers", None) or {})}
        timeout = (min(CONNECT_TIMEOUT, limits.timeout), limits.timeout)
        options = {"headers": headers, "timeout": timeout, "stream": True, "allow_redirects": follow, **more}
        with self.failures(url, limits, place), self._session.request(method, url, **options) as response:
            yield response

    @contextmanager
    def failures(self, url: str, limits: TransferLimits, place: Place | None = None) -> Iterator[None]:
        """Raise all errors of a request as RemoteError, without secrets."""
        import requests
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (requests.RequestException, HTTPError, UnicodeError, IncompleteAnswerError, _ExceededError) as error:
            found, detail = _cause_of(error, url, limits, self._wording)
            failure = _remote_error(found, detail, self._wording, self._address or url, place or Place(url))
            raise redact_error(failure, self._redact) from None
        except RemoteError as error:
            raise redact_error(error, self._redact) from None


class _ExceededError(Exception):
    """A limit of an answer was exceeded."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


class IncompleteAnswerError(Exception):
    """An answer arrived incomplete."""


def blocks(response: HttpResponse, limits: TransferLimits) -> Iterator[bytes]:
    """The body in blocks as they arrive, within the limits; read it while `HttpClient.request` is open.

    Raises:
        IncompleteAnswerError: the body is incomplete; outside of `request` that is a RemoteError too.
    """
    end = monotonic() + limits.seconds if limits.seconds else None
    size = 0
    # All bytes so far: requests' own iteration waits for full blocks, even if they fill slowly.
    while block := _read(response):
        size += len(block)
        if limits.size is not None and size > limits.size:
            raise _ExceededError(Cause.TOO_LARGE)
        if end is not None and monotonic() > end:
            raise _ExceededError(Cause.TOO_SLOW)
        yield block


def _read(response: HttpResponse) -> bytes:
    from urllib3.exceptions import ProtocolError

    try:
        block: bytes = response.raw.read1(_BLOCK, decode_content=True)
    except ProtocolError:
        raise IncompleteAnswerError from None
    return block


def is_transient(error: RemoteError) -> bool:
    """Whether the same request may succeed later: no answer, too busy, a gateway, a lost race."""
    return error.status in _PASSING


def media_type(response: HttpResponse) -> str:
    """The media type that the answer states, without parameters."""
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def origin(url: str) -> str:
    """Scheme, host and port of an http(s) URL; empty for any other text."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else ""


@contextmanager
def fetch(url: str, limits: TransferLimits, accept: str, tls: Tls = Tls()) -> Iterator[HttpResponse]:  # noqa: B008
    """The answer of an http(s) URL, after redirects. Raises UsageError for another URL, else as a client does."""
    if web_url(url) is None:
        raise UsageError(
            message('"{url}" is not an http(s) URL', url=url),
            remedy=message("Write it as the browser shows it, with https://."),
        )
    more = {"headers": {"Accept": accept}, **tls.request_options()}
    with closing(HttpClient()) as client, client.request("GET", url, limits, **more) as response:
        yield response


@dataclass(frozen=True, slots=True)
class WebDocument:
    """The answer of a URL: a file, and its Link header."""

    path: Path
    link: str | None


def fetch_file(url: str, target: Path, *, timeout: float = 60.0, limit: int = MAX_BYTES) -> WebDocument | None:
    """The document at an http(s) URL written to `target`, at most `limit` bytes; None for the answers 404 and 410.

    Raises:
        UsageError: the URL is not http(s).
        InputError: `requests` is not installed.
        RemoteError: no answer, another answer of 400 or more, too much or too slow.
    """
    limits = TransferLimits(timeout, limit, timeout)
    with fetch(url, limits, "*/*") as response:
        if response.status_code in (404, 410):
            return None
        refuse_failure(response, url)
        with target.open("wb") as out:
            for block in blocks(response, limits):
                out.write(block)
        return WebDocument(target, response.headers.get("Link"))


def refuse_failure(response: HttpResponse, url: str) -> None:
    """Raise RemoteError for an answer of 400 or more."""
    if response.status_code >= 400:
        status = response.status_code
        text = message("answered {status} {reason}", status=status, reason=response.reason)
        remedy = message("Check the URL in a browser.") if status < 500 else message("Try again later.")
        raise RemoteError(text, place=Place(url), remedy=remedy, status=status)


def _remote_error(cause: Cause, detail: str | Message, wording: Wording, address: str, place: Place) -> RemoteError:
    text, remedy = wording.get(cause) or wording[Cause.UNANSWERED]
    other = re.sub("^http(s?):", lambda scheme: "http:" if scheme[1] else "https:", address)
    status = _SECURITY_STATUS if cause in _SECURITY and cause in wording else 0
    return RemoteError(
        replace(text, fields={"detail": detail}),
        place=place,
        remedy=replace(remedy, fields={"url": other}),
        status=status,
    )


def _cause_of(error: Exception, url: str, limits: TransferLimits, wording: Wording) -> tuple[Cause, str | Message]:
    """The cause of a failed request, and the detail for its message.

    Ports are tried with the other scheme only if the wording has words for it.
    """
    import requests
    from urllib3.exceptions import ReadTimeoutError

    inner = _innermost(error)
    if isinstance(error, _ExceededError):
        return error.cause, f"{limits.size:,}" if error.cause is Cause.TOO_LARGE else f"{limits.seconds:g}"
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL):
        return Cause.PROXY, _reason(error)
    if _is_demanded(inner, url, wording):
        return Cause.CLIENT_CERTIFICATE, _reason(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _cause_in_tls(inner, url, wording), _reason(error)
    if isinstance(inner, ReadTimeoutError):
        return Cause.TIMEOUT, f"{limits.timeout:g}"
    broken = Cause.ONLY_HTTPS in wording and isinstance(inner, HTTPException | ConnectionError)
    secure = broken and url.startswith("http:") and speaks_https(url)
    return (Cause.ONLY_HTTPS if secure else Cause.UNANSWERED), _reason(error)


def _is_demanded(error: BaseException, url: str, wording: Wording) -> bool:
    """Whether the server ended the connection because it demands a certificate of the client."""
    return (
        Cause.CLIENT_CERTIFICATE in wording
        and url.startswith("https:")
        and isinstance(error, ssl.SSLEOFError | ConnectionError)
        and requires_certificate(url)
    )


def _cause_in_tls(error: BaseException, url: str, wording: Wording) -> Cause:
    """Why no secure connection could be made."""
    from urllib3.util.ssl_match_hostname import CertificateError

    if any(alert in str(error) for alert in _ABOUT_CERTIFICATE):
        return Cause.CLIENT_CERTIFICATE
    if isinstance(error, ssl.SSLCertVerificationError | CertificateError):
        return Cause.UNTRUSTED
    return Cause.PLAIN_HTTP if Cause.PLAIN_HTTP in wording and speaks_http(url) else Cause.TLS


def _innermost(error: BaseException) -> BaseException:
    """The reason of an error: requests and urllib3 wrap the system's several times."""
    while inner := next(
        (each for each in (getattr(error, "reason", None), *error.args) if isinstance(each, Exception)), None
    ):
        error = inner
    return error


def _reason(error: BaseException) -> str | Message:
    """The system's own words, which the libraries wrap; else those of the libraries."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            openssl = isinstance(inner, ssl.SSLError)  # it has other numbers than the system
            return inner.strerror if openssl else system_reason(inner)
        inner = inner.__cause__ or inner.__context__
    last = _innermost(error)
    if isinstance(last, IncompleteAnswerError):
        return message("the answer broke off")
    return re.sub(r"^<?\S*object at 0x[0-9a-f]+>?: |^.*?Connection\(.*?\): ", "", str(last)) or type(last).__name__


def _requests() -> Any:  # noqa: ANN401 (a module)
    try:
        import requests
    except ImportError:
        raise InputError(
            message("reading from the web needs the package {package}", package="requests"),
            remedy=verbatim("pip install 'st-opendata[web]'"),
        ) from None
    return requests


def _retry() -> Any:  # noqa: ANN401 (of urllib3, which is imported late)
    """For requests that change nothing: connections that fail, and answers that say to come again."""
    from urllib3.util import Retry

    return Retry(
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


def _authorization(header: Callable[[str], str | None]) -> Any:  # noqa: ANN401 (of requests, which is imported late)
    """The header for each URL; as an authentication it keeps `requests` from sending one of ~/.netrc."""
    from requests.auth import AuthBase

    class Authorization(AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            if request.url and (value := header(request.url)):
                request.headers["Authorization"] = value
            return request

    return Authorization()
