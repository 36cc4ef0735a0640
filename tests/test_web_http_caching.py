"""What HTTP asks of an answer."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from starlette.requests import Request
from starlette.responses import Response

from aggregator.web.http_caching import Representation, choose_coding, is_current, redirect_permanently, respond

CHANGED = datetime(2026, 11, 3, 8, 5, 0, 700_000, tzinfo=UTC)
BODY = b"words " * 200
PAGE = Representation(body=BODY, media_type="text/plain", max_age=timedelta(minutes=5), changed_at=CHANGED)


def asked(method: str = "GET", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": raw})


def body_of(response: Response) -> bytes:
    return bytes(response.body)


def test_a_whole_answer_carries_its_validators_and_how_long_it_may_be_kept() -> None:
    response = respond(asked(), PAGE)
    assert (response.status_code, body_of(response)) == (200, BODY)
    headers = dict(response.headers)
    assert {name: headers[name] for name in ("cache-control", "vary", "last-modified", "content-length")} == {
        "cache-control": "public, max-age=300",
        "vary": "Accept-Encoding",
        "last-modified": "Tue, 03 Nov 2026 08:05:00 GMT",
        "content-length": "1200",
    }
    assert headers["etag"].startswith('"')


def test_a_compressed_answer_is_smaller_the_same_inside_and_has_a_tag_of_its_own() -> None:
    plain, compressed = respond(asked(), PAGE), respond(asked(accept_encoding="br;q=0.5, gzip"), PAGE)
    assert gzip.decompress(body_of(compressed)) == BODY
    assert int(compressed.headers["content-length"]) == len(body_of(compressed)) < len(BODY)
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.headers["etag"] != plain.headers["etag"]


def test_a_short_answer_is_not_compressed() -> None:
    short = Representation(body=b"short", media_type="text/plain", max_age=None)
    assert "content-encoding" not in respond(asked(accept_encoding="gzip"), short).headers


def test_equal_bytes_have_equal_tags_and_others_do_not() -> None:
    other = Representation(body=BODY + b".", media_type="text/plain", max_age=None)
    assert respond(asked(), PAGE).headers["etag"] == respond(asked(), PAGE).headers["etag"]
    assert respond(asked(), PAGE).headers["etag"] != respond(asked(), other).headers["etag"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_head_is_answered_with_the_headers_of_the_get_alone(coding: str) -> None:
    get, head = respond(asked(accept_encoding=coding), PAGE), respond(asked("HEAD", accept_encoding=coding), PAGE)
    assert (body_of(head), dict(head.headers)) == (b"", dict(get.headers))


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_304_repeats_what_a_cache_needs_and_has_no_body(coding: str) -> None:
    whole = respond(asked(accept_encoding=coding), PAGE)
    again = respond(asked(accept_encoding=coding, if_none_match=whole.headers["etag"]), PAGE)
    assert (again.status_code, body_of(again)) == (304, b"")
    for name in ("etag", "cache-control", "vary", "last-modified"):
        assert again.headers[name] == whole.headers[name]


def test_an_error_is_never_a_304_and_never_kept() -> None:
    error = Representation(body=BODY, media_type="text/plain", max_age=None, status=404)
    response = respond(asked(if_none_match="*"), error)
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("headers", "current"),
    [
        pytest.param({}, False, id="unconditional"),
        pytest.param({"if-none-match": '"a"'}, True, id="the tag"),
        pytest.param({"if-none-match": 'W/"a"'}, True, id="the tag weakened by a proxy"),
        pytest.param({"if-none-match": '"b", W/"c" , "a"'}, True, id="among several"),
        pytest.param({"if-none-match": "*"}, True, id="any"),
        pytest.param({"if-none-match": '"b"'}, False, id="another tag"),
        pytest.param({"if-none-match": "a"}, False, id="no tag at all"),
        pytest.param({"if-none-match": '"x,"a",y"'}, False, id="a tag that holds a quote"),
        pytest.param({"if-modified-since": "Tue, 03 Nov 2026 08:05:00 GMT"}, True, id="since the very second"),
        pytest.param({"if-modified-since": "Tue, 03 Nov 2026 08:04:59 GMT"}, False, id="changed since"),
        pytest.param({"if-modified-since": "soon"}, False, id="no date"),
        pytest.param(
            {"if-none-match": '"b"', "if-modified-since": "Tue, 03 Nov 2026 08:05:00 GMT"},
            False,
            id="the tag alone decides",
        ),
    ],
)
def test_a_condition_is_read_as_rfc_9110_says(headers: dict[str, str], current: bool) -> None:
    assert is_current(headers, '"a"', CHANGED) is current


def test_what_has_no_date_is_not_compared_by_date() -> None:
    assert not is_current({"if-modified-since": "Tue, 03 Nov 2099 08:05:00 GMT"}, '"a"', None)


@pytest.mark.parametrize(
    ("value", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000", None),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=0, *", "br"),
        ("br;q=0, *", "gzip"),
        ("identity", None),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.3, gzip;q=0.8", "gzip"),
    ],
)
def test_the_coding_is_the_one_the_asker_likes_best(value: str, coding: str | None) -> None:
    assert choose_coding(value) == coding


def test_brotli_is_the_same_inside_too() -> None:
    response = respond(asked(accept_encoding="br"), PAGE)
    assert (response.headers["content-encoding"], brotli.decompress(body_of(response))) == ("br", BODY)
    assert response.headers["etag"].endswith('-br"')


def test_a_redirect_is_permanent_and_as_harmless_as_a_page() -> None:
    response = redirect_permanently("/stories/older")
    assert (response.status_code, response.headers["location"]) == (301, "/stories/older")
    assert response.headers["x-content-type-options"] == "nosniff"
