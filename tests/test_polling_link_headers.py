"""Links in headers and pages: targets made absolute, relations told apart, strangers left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.link_headers import WebLink, link_targets, parse_html_head_links, parse_link_header

BASE = "https://one.example/feeds/news"
HUB = WebLink(target="https://hub.example/", relations=("hub",))


@pytest.mark.parametrize(
    ("value", "links"),
    [
        pytest.param('<https://hub.example/>; rel="hub"', [HUB], id="quoted"),
        pytest.param("<https://hub.example/>;rel=hub", [HUB], id="a bare word"),
        pytest.param('<https://hub.example/> ; REL = "Hub"', [HUB], id="blanks and capitals"),
        pytest.param(
            '<https://hub.example/>; rel="hub", <news>; rel="self"',
            [HUB, WebLink(target=BASE, relations=("self",))],
            id="two, one of them relative",
        ),
        pytest.param(
            '<https://hub.example/>; rel="hub self"',
            [WebLink(target="https://hub.example/", relations=("hub", "self"))],
            id="two relations",
        ),
        pytest.param('<https://hub.example/>; title="a, <b>; rel=self"; rel=hub', [HUB], id="signs inside quotes"),
        pytest.param(r'<https://hub.example/>; title="a \" b"; rel=hub', [HUB], id="a quote inside quotes"),
        pytest.param("<https://hub.example/>; rel=hub; rel=self", [HUB], id="of several rel the first counts"),
        pytest.param("<https://hub.example/>;; rel=hub;", [HUB], id="empty parameters"),
        pytest.param(
            '<https://hub.example/>; rel="hub"; anchor="https://two.example/"', [], id="about another resource"
        ),
        pytest.param('<https://hub.example/>; rel="hub"; anchor="news"', [HUB], id="about this one, said outright"),
        pytest.param(
            "<https://hub.example/>", [WebLink(target="https://hub.example/", relations=())], id="no relation"
        ),
        pytest.param("<mailto:a@one.example>; rel=hub", [], id="no web address"),
        pytest.param("<https://[half/>; rel=hub", [], id="no address at all"),
        pytest.param("<https://hub.example/; rel=hub", [], id="never closed"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_link_header_is_read(value: str, links: list[WebLink]) -> None:
    assert list(parse_link_header(value, base=BASE)) == links


def test_the_targets_of_a_relation_come_in_their_order_and_once() -> None:
    links = parse_link_header("<b>; rel=hub, <a>; rel=self, <c>; rel=hub, <b>; rel=hub", base="https://one.example/")
    assert link_targets(links, "hub") == ("https://one.example/b", "https://one.example/c")


@pytest.mark.parametrize(
    ("page", "hubs"),
    [
        pytest.param('<link rel=hub href="https://hub.example/">', ("https://hub.example/",), id="a head left out"),
        pytest.param('<head><LINK HREF="/hub" REL="HUB"/></head>', ("https://one.example/hub",), id="in capitals"),
        pytest.param(
            '<base href="https://two.example/"><link rel=hub href=hub>', ("https://two.example/hub",), id="with a base"
        ),
        pytest.param("<head></head><link rel=hub href=/hub>", (), id="after the head"),
        pytest.param("<head></head><body><link rel=hub href=/hub></body>", (), id="in the body"),
        pytest.param("<!-- <link rel=hub href=/hub> -->", (), id="in a comment"),
        pytest.param("<script>'<link rel=hub href=/hub>'</script>", (), id="in a script"),
        pytest.param("<link rel=hub>", (), id="without an address"),
    ],
)
def test_the_head_of_a_page_is_read(page: str, hubs: tuple[str, ...]) -> None:
    assert link_targets(parse_html_head_links(page, base=BASE), "hub") == hubs


@given(st.text(alphabet='<>;,="\\ relhubsf/\n', max_size=300))
def test_no_header_and_no_page_upsets_the_reader(text: str) -> None:
    for link in (*parse_link_header(text, base=BASE), *parse_html_head_links(text, base=BASE)):
        assert link.target.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "value", ["<" * 60_000, "<a>" + ";" * 60_000, "<a>; a=" + '"' + "\\" * 60_000, "<a>" + "; a" * 20_000]
)
def test_a_hostile_header_is_read_in_one_pass(value: str) -> None:
    assert len(parse_link_header(value, base=BASE)) <= 1
