"""An article is known by every address that is truly its own, in whatever form, and by no other's."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.dedup.alias_urls import alias_form, alias_keys
from aggregator.model.dedup import AliasKey, AliasKind
from tests.conftest import SHARED
from tests.loops import loop_over

LINKED, SERVED, CLAIMED = AliasKind.LINKED, AliasKind.SERVED, AliasKind.CLAIMED
PAGE = "https://www.herald.example/town/baths-open-4711"
FORM = "//herald.example/town/baths-open-4711"


@loop_over(
    "twin",
    [
        pytest.param(PAGE, id="the page itself"),
        pytest.param("http://herald.example/town/baths-open-4711/", id="http, no www, a slash"),
        pytest.param("https://m.herald.example/town/baths-open-4711", id="a mobile host"),
        pytest.param("https://mobile.herald.example/town/baths-open-4711", id="a mobile host, spelled out"),
        pytest.param("https://amp.herald.example/town/baths-open-4711", id="an AMP host"),
        pytest.param("https://www.herald.example/amp/town/baths-open-4711", id="amp before the path"),
        pytest.param("https://www.herald.example/town/amp/baths-open-4711", id="amp inside the path"),
        pytest.param(f"{PAGE}/amp/", id="amp after the path"),
        pytest.param(f"{PAGE}.amp", id="an ending"),
        pytest.param(f"{PAGE}?amp", id="a bare parameter"),
        pytest.param(f"{PAGE}?amp=1", id="a parameter"),
        pytest.param(f"{PAGE}?amp=true", id="a parameter that is true"),
        pytest.param(f"{PAGE}?hs_amp=true", id="a parameter of HubSpot"),
        pytest.param(f"{PAGE}?output=amp", id="an output"),
        pytest.param(f"{PAGE}?AMP=", id="an empty parameter in capitals"),
        pytest.param(f"{PAGE}?m=0", id="Blogger's page for desktops"),
        pytest.param("https://www.m.herald.example/town/baths-open-4711", id="two labels"),
        pytest.param("https://www.herald.example/AMP/town/baths-open-4711.amp/amp.html", id="all at once"),
        pytest.param(f"{PAGE}?outputType=amp", id="a kind of output"),
        pytest.param(f"{PAGE}?utm_source=rss&amp=1#comments", id="tracking beside it"),
        pytest.param("https://www-herald-example.cdn.ampproject.org/c/s/www.herald.example/town/baths-open-4711/amp", id="an AMP cache"),
    ],
)  # fmt: skip
def test_a_page_and_its_twins_read_alike(twin: str) -> None:
    assert alias_form(twin) == FORM


@loop_over(
    ("url", "form"),
    [
        pytest.param("https://a.example/x.amp.html", "//a.example/x.html", id="an ending before .html"),
        pytest.param("https://a.example/x~amp.html", "//a.example/x.html", id="an ending with a tilde"),
        pytest.param("https://a.example/x_amp.html", "//a.example/x.html", id="an ending with a low line"),
        pytest.param("https://en.m.wiki.example/Bath", "//en.wiki.example/Bath", id="mobile below a language"),
        pytest.param("https://blog.example/2026/a.html?m=1", "//blog.example/2026/a.html", id="Blogger's mobile page"),
        pytest.param("https://a.example/days?y=2026&m=1", "//a.example/days?y=2026&m=1", id="a month"),
        pytest.param("https://m.co.uk/x", "//m.co.uk/x", id="a registered name that looks mobile"),
        pytest.param("https://amp.dev/x", "//amp.dev/x", id="a registered name that looks like AMP"),
        pytest.param("https://m.github.io/x", "//m.github.io/x", id="a user of a platform"),
        pytest.param("https://www.a.example:8443/x", "//a.example:8443/x", id="a port"),
        pytest.param("https://a.example/ampere/champ", "//a.example/ampere/champ", id="amp within words"),
        pytest.param("https://a.example/x?id=7", "//a.example/x?id=7", id="a parameter that selects"),
        pytest.param("https://a.example/#!/x", "//a.example/#!/x", id="a route"),
        pytest.param("https://a.example/x?b=2&amp=1&a=1#!/y", "//a.example/x?b=2&a=1#!/y", id="a query and a route"),
        pytest.param("https://a.example/x?amp=2", "//a.example/x?amp=2", id="another value"),
        pytest.param("https://a.example/x.amp.htm", "//a.example/x.htm", id="an ending before .htm"),
        pytest.param("https://a.example/x.amp.shtml", "//a.example/x.shtml", id="an ending before .shtml"),
        pytest.param("https://a.example/x.amp.php", "//a.example/x.amp.php", id="an ending before another"),
        pytest.param("mailto:desk@a.example", None, id="no web address"),
        pytest.param("", None, id="nothing"),
        pytest.param(None, None, id="no address"),
    ],
)
def test_what_marks_no_twin_stays(url: str | None, form: str | None) -> None:
    assert alias_form(url) == form


SEGMENTS = st.sampled_from(["amp", "AMP", "amp.html", "a.amp", "a_amp.html", "amp.amp", ".amp", "town", "a-amp", ""])
HOSTS = st.sampled_from(["www.m.a.example", "amp.a.example", "a.example", "en.m.a.example", "m.co.uk", "127.0.0.1"])
QUERIES = st.lists(st.sampled_from(["amp", "amp=1", "m=1", "id=7", "", "outputType=amp"]), max_size=3)


@given(HOSTS, st.lists(SEGMENTS, max_size=4), QUERIES)
def test_the_form_of_a_form_is_itself(host: str, segments: list[str], query: list[str]) -> None:
    form = alias_form(f"https://{host}/{'/'.join(segments)}?{'&'.join(query)}")
    assert form is not None
    assert alias_form(f"https:{form}") == form


@loop_over(
    ("served", "claimed", "keys"),
    [
        pytest.param(None, None, [(FORM, LINKED, True)], id="the link alone"),
        pytest.param(PAGE, PAGE, [(FORM, LINKED, True)], id="one address for all"),
        pytest.param(None, f"{PAGE}?amp=1", [(FORM, LINKED, True)], id="its own twin"),
        pytest.param(
            "https://herald.example/baths", None, [(FORM, LINKED, True), ("//herald.example/baths", SERVED, True)],
            id="a redirect",
        ),
        pytest.param(
            "https://other.example/baths", "https://other.example/the-baths",
            [(FORM, LINKED, True), ("//other.example/baths", SERVED, True), ("//other.example/the-baths", CLAIMED, True)],
            id="a redirect to another site, which is believed of its own page",
        ),
        pytest.param(
            None, "https://news.herald.example/baths", [(FORM, LINKED, True), ("//news.herald.example/baths", CLAIMED, True)],
            id="another host of the site",
        ),
        pytest.param(
            None, "https://victim.example/scoop", [(FORM, LINKED, True), ("//victim.example/scoop", CLAIMED, False)],
            id="another site's article",
        ),
        pytest.param(None, "https://herald.example/", [(FORM, LINKED, True)], id="the home page"),
        pytest.param(None, "https://herald.example/index.php", [(FORM, LINKED, True)], id="the home page by name"),
        pytest.param(None, "https://victim.example/", [(FORM, LINKED, True)], id="another's home page"),
        pytest.param("https://herald.example/", None, [(FORM, LINKED, True)], id="redirected to the home page"),
        pytest.param(None, "https://herald.example/town/", [(FORM, LINKED, True)], id="its section"),
        pytest.param("https://herald.example/town", None, [(FORM, LINKED, True)], id="redirected to its section"),
        pytest.param(
            None, "https://herald.example/tow", [(FORM, LINKED, True), ("//herald.example/tow", CLAIMED, True)],
            id="a page that only begins alike",
        ),
        pytest.param(None, "no address at all", [(FORM, LINKED, True)], id="nonsense"),
    ],
)  # fmt: skip
def test_an_article_has_the_keys_that_may_be_its_own(
    served: str | None, claimed: str | None, keys: list[tuple[str, AliasKind, bool]]
) -> None:
    found = alias_keys(url=PAGE, served_url=served, canonical_url=claimed)
    assert found == tuple(AliasKey(key=key, kind=kind, believed=believed) for key, kind, believed in keys)


def test_what_a_feed_says_of_another_sites_page_is_only_a_reason_to_look() -> None:
    found = alias_keys(url=PAGE, served_url=None, canonical_url=f"{PAGE}-b", link_believed=False)
    assert [(key.key, key.believed) for key in found] == [(FORM, False), (f"{FORM}-b", False)]


def keys_of(url: str | None, served: str | None, canonical: str | None) -> list[tuple[str, AliasKind, bool]]:
    found = alias_keys(url=url, served_url=served, canonical_url=canonical)
    return [(key.key, key.kind, key.believed) for key in found]


def test_a_page_without_a_link_is_known_by_where_it_was_served() -> None:
    assert keys_of(None, PAGE, f"{PAGE}-b") == [(FORM, SERVED, True), (f"{FORM}-b", CLAIMED, True)]
    assert keys_of(None, None, PAGE) == [(FORM, CLAIMED, False)]
    assert keys_of(PAGE, "https://other.example/x", f"{PAGE}-b") == [
        (FORM, LINKED, True),
        ("//other.example/x", SERVED, True),
        (f"{FORM}-b", CLAIMED, False),
    ]


@loop_over(
    ("path", "is_home"),
    [
        ("/", True),
        ("/index.html", True),
        ("/default.aspx", True),
        ("/home", True),
        ("/index", True),
        ("/index.h", False),
        ("/index.phtmlx", False),
        ("/homes", False),
        ("/home/x", False),
        ("/?p=7", False),
    ],
)
def test_a_home_page_gives_no_key(path: str, is_home: bool) -> None:
    assert (keys_of(f"https://a.example{path}", None, None) == []) is is_home


def test_a_page_above_the_articles_own_gives_no_key_unless_a_query_selects_it() -> None:
    assert keys_of(PAGE, None, "https://herald.example/town") == [(FORM, LINKED, True)]
    assert keys_of("https://herald.example/a?b/c", None, "https://herald.example/a?b") == [
        ("//herald.example/a?b/c", LINKED, True),
        ("//herald.example/a?b", CLAIMED, True),
    ]
    assert keys_of("https://herald.example/town", f"{PAGE}/x", PAGE) == [(f"{FORM}/x", SERVED, True)]
    assert keys_of(PAGE, None, f"{PAGE}/2") == [(FORM, LINKED, True), (f"{FORM}/2", CLAIMED, True)]


def test_an_article_without_an_address_has_no_keys() -> None:
    assert alias_keys(url=None, served_url=None, canonical_url=None) == ()


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_there_is_read(url: str, served: str, claimed: str) -> None:
    alias_keys(url=f"https://{url}", served_url=f"//{served}", canonical_url=claimed)


def amp_pages() -> Iterator[tuple[str, str]]:
    """The canonical address of each page of the corpus that has an AMP page, and that page's."""
    for path in sorted((SHARED / "corpus" / "pages").glob("*/*.html.gz")):
        url = json.loads(path.with_name(path.name.removesuffix(".html.gz") + ".json").read_text())["url"]
        tree = html.fromstring(gzip.decompress(path.read_bytes()))
        named = {link.get("rel", "").lower(): link.get("href", "") for link in tree.iter("link")}
        if named.get("amphtml"):
            yield urljoin(url, named.get("canonical") or url), urljoin(url, named["amphtml"])


@pytest.mark.corpus
def test_most_amp_pages_of_the_corpus_read_as_their_canonical_addresses() -> None:
    pairs = list(amp_pages())
    alike = sum(alias_form(page) == alias_form(amp) for page, amp in pairs)
    assert len(pairs) > 100
    assert alike >= 0.75 * len(pairs)
