"""Addresses within addresses."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.urls import normalise_url
from aggregator.parsing.wrapped_urls import unwrap_url

TARGET = "https://example.org/a?b=c"
QUOTED = "https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc"
LONG = "https://example.org/" + "x" * 200


def google_news(target: str) -> str:
    size = len(target)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    message = b'\x08\x13"' + length + target.encode() + b"\xd2\x01\x00"
    return f"https://news.google.com/rss/articles/{base64.urlsafe_b64encode(message).decode().rstrip('=')}?oc=5"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga", TARGET, id="Google Alerts"),
        pytest.param(f"https://www.google.co.uk/url?q={QUOTED}", TARGET, id="a search of Google"),
        pytest.param(f"https://l.facebook.com/l.php?u={QUOTED}&h=x", TARGET, id="Facebook"),
        pytest.param(f"https://t.umblr.com/redirect?z={QUOTED}&t=x", TARGET, id="Tumblr"),
        pytest.param(f"https://out.reddit.com/t3_x?url={QUOTED}&token=x", TARGET, id="Reddit"),
        pytest.param(f"https://www.youtube.com/redirect?event=x&q={QUOTED}", TARGET, id="YouTube"),
        pytest.param(f"https://duckduckgo.com/l/?uddg={QUOTED}", TARGET, id="DuckDuckGo"),
        pytest.param(f"https://vk.com/away.php?to={QUOTED}", TARGET, id="VK"),
        pytest.param(f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={QUOTED}&c=1", TARGET, id="Bing News"),
        pytest.param(f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=x", TARGET, id="Safe Links"),
        pytest.param(f"https://www.retriever-info.com/go/?a=1&u={QUOTED}", TARGET, id="a press monitor"),
        pytest.param("https://www.google.com/url?q=https://example.org/a%3Fb%3Dc&sa=U", TARGET, id="escaped in part"),
        pytest.param("https://www.google.com/url?q=http%3A%2F%2Fexample.org%2F%E9+%2B", "http://example.org/%E9%20+", id="a legacy encoding"),
        pytest.param("http://us.rd.yahoo.com/news/rss/*http://example.org/a?b=c", "http://example.org/a?b=c", id="Yahoo"),
        pytest.param("http://rd.yahoo.co.jp/rss/l/x/*https%3A//example.org/a?b=c", TARGET, id="Yahoo Japan"),
        pytest.param(f"https://r.search.yahoo.com/_ylt=x/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=y-", TARGET, id="a search of Yahoo"),
        pytest.param("https://go.theregister.com/feed/www.example.org/2026/a/", "https://www.example.org/2026/a/", id="The Register"),
        pytest.param("http://go.theregister.com/feed/http://example.org/a", "http://example.org/a", id="The Register of old"),
        pytest.param("https://href.li/?https://example.org/a?b=c", TARGET, id="what stands behind a question mark"),
        pytest.param("https://example-org.cdn.ampproject.org/c/s/example.org/a?b=c", TARGET, id="an AMP cache"),
        pytest.param("https://cdn.ampproject.org/v/example.org/a", "http://example.org/a", id="an AMP viewer, http"),
        pytest.param("https://www.google.com/amp/s/example.org/a%3Fb=c", "https://example.org/a%3Fb=c", id="AMP at Google"),
        pytest.param(google_news(TARGET), TARGET, id="Google News"),
        pytest.param(google_news(TARGET).replace("/rss/", "/__i/rss/rd/"), TARGET, id="Google News by a redirect"),
        pytest.param(google_news(LONG), LONG, id="a long address in Google News"),
        pytest.param(
            "https://www.google.com/url?q=" + "https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.org%252Fa",
            "https://example.org/a",
            id="a wrapper in a wrapper",
        ),
        pytest.param(f"https://www.google.com/url?q={QUOTED}%26utm_source%3Dx", TARGET, id="tracking within"),
    ],
)  # fmt: skip
def test_an_address_that_wraps_another_is_that_other(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://www.google.com/url?q=javascript:alert(1)", id="a script"),
        pytest.param("https://www.google.com/url?q=/search", id="an address without host"),
        pytest.param("https://www.google.com/search?q=https://example.org/", id="a search for an address"),
        pytest.param("https://news.google.com/rss/articles/CBMiAU_yqLOpaque_token_of_2024", id="an id that hides it"),
        pytest.param("https://feedproxy.google.com/~r/example/~3/x/", id="a proxy that hides it"),
        pytest.param("https://notgoogle.com/url?q=https://example.org/", id="another site"),
        pytest.param("https://example.org/share?url=https://other.example/", id="a page about an address"),
        pytest.param("https://www.youtube.com/watch?v=x", id="a page of its own"),
        pytest.param("https://us.rd.yahoo.com/news/*about", id="no address behind the mark"),
        pytest.param("https://go.theregister.com/feed/", id="nothing behind the mark"),
        pytest.param("https://go.theregister.com/feed/2026/a.html", id="a page of the wrapper's own"),
    ],
)
def test_any_other_address_is_its_own(url: str) -> None:
    assert normalise_url(url) == url


def test_wrappers_without_end_are_left_alone() -> None:
    url = "https://example.org/"
    for _ in range(25):
        url = f"https://cdn.ampproject.org/c/s/{url.removeprefix('https://')}"
    assert normalise_url(url) == url


@given(
    st.one_of(
        st.builds("https://www.google.com/url?q={}".format, st.text()),
        st.builds("https://cdn.ampproject.org/c/{}".format, st.text()),
        st.builds("http://rd.yahoo.com/*{}{}".format, st.sampled_from(["", "http://", "https%3A//"]), st.text()),
        st.builds(
            lambda content: (
                "https://news.google.com/articles/" + base64.urlsafe_b64encode(b'\x08\x13"' + content).decode()
            ),
            st.binary(min_size=15, max_size=300),
        ),
    )
)
def test_whatever_is_wrapped_the_address_is_settled_at_once(url: str) -> None:
    once = normalise_url(url)
    assert once is None or normalise_url(once) == once
    assert once is None or unwrap_url(once) is None or normalise_url(unwrap_url(once) or "") is None
