"""Elements have the names that feedparser gives them."""

from __future__ import annotations

import pytest

from aggregator.parsing.feedparser_compat.names import ElementNames, UnhandledElement

DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
ATOM = "http://www.w3.org/2005/Atom"


@pytest.mark.parametrize(
    ("prefix", "uri", "local", "name"),
    [
        pytest.param("", "", "pubDate", "pubdate", id="no namespace"),
        pytest.param("dc", DC, "Creator", "dc_creator", id="a customary prefix"),
        pytest.param("d", DC.upper(), "creator", "dc_creator", id="another prefix, and capitals"),
        pytest.param("a", ATOM, "link", "link", id="a namespace of formats"),
        pytest.param("media", "http://www.rssboard.org/media-rss", "content", "media_content", id="a prefix that suffices"),
        pytest.param("x", "urn:x", "title", UnhandledElement.HARMLESS, id="a foreign namespace"),
        pytest.param("", "urn:x", "title", "title", id="a foreign namespace without prefix"),
        pytest.param("dc", DC, "identifier", UnhandledElement.HARMLESS, id="no handler"),
        pytest.param("", "", "date", UnhandledElement.AMBIGUOUS, id="a name that stands for another"),
        pytest.param("title", "urn:x", "detail", UnhandledElement.AMBIGUOUS, id="a prefix that makes a name of ours"),
        pytest.param("x", "urn:x", "t\xe9", UnhandledElement.AMBIGUOUS, id="letters that parsers disagree on"),
    ],
)  # fmt: skip
def test_an_element_has_a_name(prefix: str, uri: str, local: str, name: str | UnhandledElement) -> None:
    names = ElementNames.of([(prefix, uri)])
    assert names is not None
    assert names[f"{{{uri}}}{local}" if uri else local] == name


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param([("x", "urn:x"), ("x", "urn:y")], id="one prefix for two namespaces"),
        pytest.param([("x", "urn:x"), ("y", "urn:x")], id="two prefixes for a foreign namespace"),
        pytest.param([("dc", MEDIA), ("d", DC)], id="a customary prefix for another namespace"),
        pytest.param([("r", "http://backend.userland.com/RSS2")], id="a namespace that feedparser rewrites"),
        pytest.param([("\xe9", "urn:x")], id="letters that parsers disagree on"),
    ],
)
def test_some_documents_have_no_certain_names(declared: list[tuple[str, str]]) -> None:
    assert ElementNames.of(declared) is None


def test_two_prefixes_for_a_known_namespace_and_two_default_ones_are_no_doubt() -> None:
    assert ElementNames.of([("atom", ATOM), ("atom10", ATOM), ("", ATOM), ("", "urn:x"), ("dc", DC)]) is not None
