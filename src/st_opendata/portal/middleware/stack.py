"""The layers that every request and response passes, in order; each is plain ASGI, so streams pass unchanged."""

from collections.abc import Collection

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from st_opendata.portal.assets import STATIC
from st_opendata.portal.data.current import Current
from st_opendata.portal.files import PACKED
from st_opendata.portal.middleware.access_log import AccessLog
from st_opendata.portal.middleware.cors import CrossOrigin
from st_opendata.portal.middleware.edition import BorrowedEdition
from st_opendata.portal.middleware.request_headers import JoinedLists, SingleHost
from st_opendata.portal.middleware.request_limits import RequestLimits
from st_opendata.portal.middleware.security_headers import SecurityHeaders
from st_opendata.portal.middleware.weak_etags import WeakETags
from st_opendata.portal.options import Options


def stack(current: Current, options: Options, *, posted: Collection[str]) -> list[Middleware]:
    """The layers around the pages, from the outermost to the innermost; `posted` are the paths that take POST.

    The layers that refuse requests are inside the log and the headers, so refusals get both. The code that knows the
    ETag makes the conditional answer (304, `http.conditions`); `WeakETags` weakens its tag if the answer is compressed.
    """
    return [
        Middleware(AccessLog),
        Middleware(SecurityHeaders),
        Middleware(SingleHost),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(options.hosts)),
        Middleware(JoinedLists),
        Middleware(CrossOrigin, posted=posted),
        Middleware(
            RequestLimits, largest_body=options.largest_body, per_minute=options.requests_per_minute, free=STATIC
        ),
        Middleware(WeakETags),
        Middleware(GZipMiddleware, minimum_size=1000, exclude_content_types=PACKED),
        Middleware(BorrowedEdition, current=current),
    ]
