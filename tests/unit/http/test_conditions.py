"""The answer 304: when it is given, and which headers it keeps."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from st_opendata.http.conditions import NOT_MODIFIED_HEADERS, not_modified

LATER, EARLIER = "Sun, 06 Nov 1994 08:49:38 GMT", "Sun, 06 Nov 1994 08:49:36 GMT"
ANSWER = {
    "ETag": '"a"',
    "Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT",
    "Cache-Control": "public, no-cache",
    "Content-Type": "text/csv",
    "Content-Disposition": "attachment",
    "Vary": "Accept",
    "Link": "<x>",
}


def asked(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw})


@pytest.mark.parametrize("condition", ['"a"', 'W/"a"', '"b", "a"', "*"])
def test_a_tag_that_the_client_has(condition: str) -> None:
    answer = not_modified(asked(if_none_match=condition), ANSWER)
    assert answer and answer.status_code == 304
    assert {name for name in answer.headers if name != "content-length"} == {"etag", "cache-control", "vary", "link"}
    assert set(answer.headers) <= NOT_MODIFIED_HEADERS


@pytest.mark.parametrize("condition", ['"b"', "a", "", '"b", W/"c"'])
def test_a_tag_of_something_else_is_not_helped_by_a_date(condition: str) -> None:
    assert not_modified(asked(if_none_match=condition, if_modified_since=LATER), ANSWER) is None


def test_dates_decide_where_no_tag_does() -> None:
    assert not_modified(asked(if_modified_since=ANSWER["Last-Modified"]), ANSWER)
    assert not_modified(asked(if_modified_since=LATER), ANSWER)
    assert not_modified(asked(if_modified_since=EARLIER), ANSWER) is None
    assert not_modified(asked(if_modified_since="yesterday"), ANSWER) is None
    assert not_modified(asked(if_modified_since=LATER), {"ETag": '"a"'}) is None
    assert not_modified(asked(), ANSWER) is None
