"""Politeness and outlets go by who registered the name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.host_identity import default_outlet, host_key


@pytest.mark.parametrize(
    ("url", "host", "outlet"),
    [
        pytest.param("https://www.example.org/feed", "example.org", "example.org", id="a usual site"),
        pytest.param("http://feeds.news.example.co.uk/x", "example.co.uk", "example.co.uk", id="a long suffix"),
        pytest.param("https://ann.github.io/", "ann.github.io", "ann.github.io", id="one user of a platform"),
        pytest.param("https://a.b.github.io/", "b.github.io", "b.github.io", id="below one user"),
        pytest.param("https://github.io/", "github.io", "github.io", id="the platform itself"),
        pytest.param("https://www.github.io/", "www.github.io", "www.github.io", id="a user called www"),
        pytest.param("https://EXAMPLE.org.:8443/", "example.org", "example.org", id="case, dot and port"),
        pytest.param("http://me:pw@example.org/", "example.org", "example.org", id="a password"),
        pytest.param("https://www.bücher.example/", "xn--bcher-kva.example", "xn--bcher-kva.example", id="umlaut"),
        pytest.param("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "xn--bcher-kva.example", id="coded"),
        pytest.param("http://news.localhost:81/", "news.localhost", "news.localhost", id="below localhost"),
        pytest.param("http://www.a.localhost/", "www.a.localhost", "a.localhost", id="www below localhost"),
        pytest.param("http://localhost/", "localhost", "localhost", id="localhost"),
        pytest.param("http://intranet/feed", "intranet", "intranet", id="one label"),
        pytest.param("http://192.0.2.7:8080/", "192.0.2.7", "192.0.2.7", id="an IPv4 address"),
        pytest.param("http://3221225991/", "192.0.2.7", "192.0.2.7", id="an IPv4 address in decimal"),
        pytest.param("http://[2001:DB8:0::7]/", "2001:db8::7", "2001:db8::7", id="an IPv6 address"),
        pytest.param("mailto:ann@example.org", "", "", id="no host"),
        pytest.param("http://[/", "", "", id="no URL"),
    ],
)
def test_a_url_burdens_one_host_and_names_one_outlet(url: str, host: str, outlet: str) -> None:
    assert (host_key(url), default_outlet(url)) == (host, outlet)


@given(st.text(max_size=40))
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(default_outlet(f"http://{text}/"), str)


@given(st.from_regex(r"([a-z0-9]{1,9}\.){1,4}(org|co\.uk|github\.io|localhost|ck)", fullmatch=True))
def test_the_key_of_a_key_is_itself(host: str) -> None:
    key = host_key(f"http://{host}/")
    assert host_key(f"https://{key}/feed") == key
    assert host.endswith(key)
