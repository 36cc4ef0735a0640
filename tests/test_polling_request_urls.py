"""URLs are asked for as they were written, shown without secrets, and redirects lead where they say."""

from __future__ import annotations

import pytest

from aggregator.polling.request_urls import parse_url, redirect_target, url_origin, url_without_credentials


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param(" HTTP://EXAMPLE.org:80/a#b ", "http://example.org/a", id="case, default port, fragment"),
        pytest.param("https://me:pw@example.org/?q=ä", "https://example.org/?q=%C3%A4", id="password and umlaut"),
        pytest.param("https://bücher.example/", "https://xn--bcher-kva.example/", id="a name with an umlaut"),
        pytest.param("http://[::1]:81/%7ea", "http://[::1]:81/%7ea", id="IPv6 and escapes"),
        pytest.param("http://a_b.example/", "http://a_b.example/", id="an underscore, which DNS knows"),
        pytest.param("http://h/..", "http://h/", id="up from the top"),
        pytest.param("http://h:80?q", "http://h/?q", id="no path"),
        pytest.param("http://a b/", None, id="a blank in the host"),
        pytest.param("http://a%2fb/", None, id="an escape in the host"),
        pytest.param("http://[fe80::1%25eth0]/", None, id="an IPv6 zone"),
        pytest.param("http://h:65536/", None, id="a port beyond the last"),
        pytest.param("http://h/\n", "http://h/", id="blanks around"),
        pytest.param("http://h/a\nb", None, id="a line break inside"),
        pytest.param("http://999.1.1.1/", None, id="not quite an address"),
    ],
)
def test_a_text_is_read_as_a_url_or_as_none(text: str, asked: str | None) -> None:
    url = parse_url(text)
    assert (None if url is None else url_without_credentials(url)) == asked


@pytest.mark.parametrize(
    ("location", "target"),
    [
        pytest.param("/b?x#y", "https://h.example/b?x", id="a path"),
        pytest.param("//other.example", "https://other.example/", id="a host"),
        pytest.param("http://h.example/a", "http://h.example/a", id="down to http"),
        pytest.param("http://you:pw@other.example/", "http://other.example/", id="somebody's password"),
        pytest.param("/caf\xc3\xa9", "https://h.example/caf%C3%A9", id="UTF-8 in a header"),
        pytest.param("/caf\xe9", "https://h.example/caf%C3%A9", id="Latin-1 in a header"),
        pytest.param("  ", None, id="blank"),
        pytest.param("http://[", None, id="no URL"),
    ],
)
def test_a_location_leads_somewhere_or_nowhere(location: str, target: str | None) -> None:
    start = parse_url("https://me:pw@h.example/a")
    assert start is not None
    url = redirect_target(start, location)
    assert (None if url is None else str(url)) == target


def test_credentials_belong_to_scheme_host_and_port() -> None:
    texts = ["http://h/a", "http://h:80/b", "https://h/a", "http://h:81/a", "http://g/a"]
    origins = [url_origin(url) for text in texts if (url := parse_url(text)) is not None]
    assert [found == origins[0] for found in origins] == [True, True, False, False, False]
