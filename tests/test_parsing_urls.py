"""One URL, one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parsing.urls import MAX_URL_LENGTH, absolute_url, normalise_url, resolve_reference
from aggregator.stored_keys import without_scheme

KEPT = [
    pytest.param("https://example.org/a", id="a plain URL"),
    pytest.param("https://example.org/a?b=2&a=1&a=0", id="the order of the query"),
    pytest.param("https://example.org/a?b=&c", id="blank values"),
    pytest.param("https://example.org/a?x=1;y=2", id="semicolons in the query"),
    pytest.param("https://example.org/a//b", id="double slashes in the path"),
    pytest.param("https://example.org/a%2Fb", id="an escaped slash"),
    pytest.param("https://example.org/#!/story/7", id="a hash-bang route"),
    pytest.param("http://example.org:8080/a", id="another port"),
    pytest.param("http://[2001:db8::1]/a", id="an IPv6 host"),
    pytest.param("https://my_blog.example.org/", id="an underscore in the host"),
    pytest.param("https://example.org/a?source=desk", id="a source that may select the document"),
]

CHANGED = [
    pytest.param("  https://example.org/a\n", "https://example.org/a", id="blanks around it"),
    pytest.param("https://example.org/a\n/b", "https://example.org/a/b", id="a line break within"),
    pytest.param("HTTPS://Example.ORG/A", "https://example.org/A", id="case of scheme and host, not of the path"),
    pytest.param("https://example.org", "https://example.org/", id="no path"),
    pytest.param("https://example.org./a", "https://example.org/a", id="a dot after the host"),
    pytest.param("http://example.org:80/", "http://example.org/", id="the default port of http"),
    pytest.param("https://example.org:443/", "https://example.org/", id="the default port of https"),
    pytest.param("https://example.org:/a", "https://example.org/a", id="an empty port"),
    pytest.param("https://me:secret@example.org/a", "https://example.org/a", id="userinfo"),
    pytest.param("https://example.org/a/./b/../c", "https://example.org/a/c", id="dot segments"),
    pytest.param("https://example.org/../../a", "https://example.org/a", id="dots above the root"),
    pytest.param("https://example.org/a/%2e%2E/b", "https://example.org/b", id="escaped dot segments"),
    pytest.param("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9", id="percent-encoding"),
    pytest.param("https://example.org/é b", "https://example.org/%C3%A9%20b", id="characters that need escaping"),
    pytest.param("https://example.org/100%", "https://example.org/100%25", id="a lone percent sign"),
    pytest.param('https://example.org/a"onclick="x', "https://example.org/a%22onclick=%22x", id="quotes"),
    pytest.param("https://example.org/a#part", "https://example.org/a", id="a fragment"),
    pytest.param("https://example.org/a?", "https://example.org/a", id="an empty query"),
    pytest.param("https://bücher.example/", "https://xn--bcher-kva.example/", id="an international host"),
    pytest.param("https://B%C3%BCcher.example/", "https://xn--bcher-kva.example/", id="an escaped international host"),
    pytest.param("https://example.org/a?utm_source=x&id=1&UTM_Medium=y", "https://example.org/a?id=1", id="utm"),
    pytest.param("https://example.org/a?fbclid=1&gclid=2&mc_cid=3", "https://example.org/a", id="click ids"),
    pytest.param("https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a", id="at_"),
    pytest.param("https://example.org/a?ref=rss&id=1", "https://example.org/a?id=1", id="a referrer that is a feed"),
    pytest.param("https://example.org/a?%75tm_source=x", "https://example.org/a", id="an escaped parameter name"),
    pytest.param("https://example.org/a?&b=1&&c=2&", "https://example.org/a?b=1&c=2", id="nothing between ampersands"),
    pytest.param("https://example.org/a?b='c'", "https://example.org/a?b=%27c%27", id="an apostrophe in the query"),
]

AS_BROWSERS_DO = [
    pytest.param(r"https://example.org\@evil.example/", "https://example.org/@evil.example/", id="a host behind a backslash"),
    pytest.param(r"https://example.org\.evil.example/", "https://example.org/.evil.example/", id="a domain behind one"),
    pytest.param(r"https:\\example.org\a\b?c\d", "https://example.org/a/b?c%5Cd", id="backslashes for slashes"),
    pytest.param("https://a@b@example.org/", "https://example.org/", id="two at signs"),
    pytest.param("https://example.org#@evil.example/", "https://example.org/", id="a host behind a fragment"),
    pytest.param("https://example.org?@evil.example/", "https://example.org/?@evil.example/", id="a host behind a query"),
    pytest.param("https:example.org/a", "https://example.org/a", id="no slashes"),
    pytest.param("https:/example.org/a", "https://example.org/a", id="one slash"),
    pytest.param("https:///example.org/a", "https://example.org/a", id="three slashes"),
    pytest.param("https://example\n.org/a", "https://example.org/a", id="a line break in the host"),
    pytest.param("http://0x7f.1/", "http://127.0.0.1/", id="a hexadecimal address"),
    pytest.param("http://2130706433/", "http://127.0.0.1/", id="an address in one number"),
    pytest.param("http://０１２.１/", "http://10.0.0.1/", id="a full-width octal address"),
    pytest.param("http://[2001:0DB8:0:0::0:1]/", "http://[2001:db8::1]/", id="a long IPv6 address"),
    pytest.param("https://☃.example/", "https://xn--n3h.example/", id="a symbol for a name"),
    pytest.param("https://faß.example/", "https://xn--fa-hia.example/", id="a sharp s"),
    pytest.param("https://example。org/", "https://example.org/", id="an ideographic full stop"),
]  # fmt: skip

REFUSED = [
    pytest.param("", id="nothing"),
    pytest.param(" \t\n", id="blanks"),
    pytest.param("/relative", id="a relative reference without base"),
    pytest.param("javascript:alert(1)", id="javascript"),
    pytest.param("java\nscript:alert(1)", id="javascript across lines"),
    pytest.param("data:text/html,x", id="data"),
    pytest.param("mailto:a@example.org", id="mailto"),
    pytest.param("file:///etc/passwd", id="file"),
    pytest.param("https://", id="no host"),
    pytest.param("https://[::1", id="half an IPv6 host"),
    pytest.param("https://example.org:99999/", id="a port out of range"),
    pytest.param("https://example.org:x/", id="a port that is a word"),
    pytest.param("https://exa mple.org/", id="a space in the host"),
    pytest.param("https://exam<ple.org/", id="markup in the host"),
    pytest.param('https://exam"ple.org/', id="a quote in the host"),
    pytest.param("https://example..org/", id="an empty label in the host"),
    pytest.param("https://0../", id="two dots after the host"),
    pytest.param("https://1.2.3.256/", id="a number that is no host"),
    pytest.param("https://example.org/" + "a" * MAX_URL_LENGTH, id="beyond any address"),
]


@pytest.mark.parametrize("url", KEPT)
def test_a_normal_url_stays_as_it_is(url: str) -> None:
    assert normalise_url(url) == url


@pytest.mark.parametrize(("url", "expected"), CHANGED)
def test_a_url_gets_its_one_spelling(url: str, expected: str) -> None:
    assert normalise_url(url) == expected


@pytest.mark.parametrize(("url", "expected"), AS_BROWSERS_DO)
def test_an_address_leads_where_a_browser_would_go(url: str, expected: str) -> None:
    assert normalise_url(url) == expected
    assert normalise_url(absolute_url(url) or expected) == expected


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_an_absolute_web_address_is_none(url: str) -> None:
    assert normalise_url(url) is None


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        pytest.param("c.html", "https://example.org/a/c.html", id="relative"),
        pytest.param("/c", "https://example.org/c", id="from the root"),
        pytest.param("//cdn.example.net/c", "https://cdn.example.net/c", id="protocol-relative"),
        pytest.param("?p=2", "https://example.org/a/b?p=2", id="only a query"),
        pytest.param("http://other.example/", "http://other.example/", id="absolute"),
        pytest.param("", None, id="blank"),
    ],
)
def test_a_reference_is_resolved_against_its_base(reference: str, expected: str | None) -> None:
    assert normalise_url(reference, base="https://example.org/a/b") == expected


def test_an_unusable_reference_resolves_to_the_base() -> None:
    assert resolve_reference("https://example.org/a", "//[bad") == "https://example.org/a"


def test_http_and_https_are_the_same_place_without_their_scheme() -> None:
    assert without_scheme("http://example.org/a") == without_scheme("https://example.org/a") == "//example.org/a"


URLS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://u:p@", "//", ""]),
    st.sampled_from(["example.org", "EXAMPLE.org:80", "bücher.example", "[::1]", "a%2eb", "xn--bcher-kva.example"]),
    st.text(alphabet="/.%2eEaé?&=#!+;: \\\"'<>\ud800", max_size=30),
    st.sampled_from(["", "?utm_source=a&b=c", "?a=%zz&&b"]),
    st.sampled_from(["", "#x", "#!x y%"]),
)


@given(st.one_of(st.text(), URLS))
def test_normalising_twice_changes_nothing_more(url: str) -> None:
    once = normalise_url(url, base="https://example.org/feed")
    if once is not None:
        assert normalise_url(once) == once
        assert once.isascii()
        assert once.startswith(("http://", "https://"))


@pytest.mark.parametrize("url", REFUSED)
def test_what_cannot_be_asked_for_has_no_absolute_form(url: str) -> None:
    assert absolute_url(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("HTTPS://Example.org:443/%7ea/../b?utm_source=x&a=", None, id="its own spelling"),
        pytest.param(" https://example.org/a\n#b ", "https://example.org/a", id="blanks and fragment"),
        pytest.param("c?d", "https://example.org/a/c?d", id="relative"),
        pytest.param("//other.example", "https://other.example/", id="protocol-relative"),
        pytest.param("https://example.org/a|b/{c}", None, id="marks that need no escaping"),
        pytest.param("https://example.org/é b", "https://example.org/%C3%A9%20b", id="what cannot be sent as it is"),
        pytest.param(
            r"https://a.example\@b.example/", "https://a.example/@b.example/", id="what programs read differently"
        ),
    ],
)
def test_an_advertised_address_keeps_its_spelling(url: str, expected: str | None) -> None:
    assert absolute_url(url, base="https://example.org/a/b") == (expected or url)


def test_a_fragment_alone_is_no_address() -> None:
    assert absolute_url("#top", base="https://example.org/a") is None


@given(st.one_of(st.text(), URLS))
def test_an_advertised_address_leads_where_the_normal_one_does(url: str) -> None:
    absolute = absolute_url(url, base="https://example.org/feed")
    if absolute is not None:
        assert normalise_url(absolute) == normalise_url(url.partition("#")[0], base="https://example.org/feed")


@given(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(
            [
                "http://a.example",
                "https://a-b.example:8080",
                "https://1.2.3.4:443",
                "http://a.example:80",
                "http://a:099",
            ]
        ),
        st.sampled_from(["/", "/a/b.html", "/a/../b", "/.well-known/x", "/a//b", "/(a);b=c,d"]),
        st.sampled_from(["", "?", "?a=b&utm_source=c", "?ref=rss", "?&a=/../b", "?ftag=x&b=?"]),
        st.sampled_from(["", "#", "#c"]),
    )
)
def test_the_short_way_leads_to_the_same_url(url: str) -> None:
    # A tab within a URL means nothing, but takes it off the short way.
    assert normalise_url(url) == normalise_url(f"{url[:9]}\t{url[9:]}")
