"""Selectors that people write mean elements of a page, or are refused in words that help."""

from __future__ import annotations

import pytest
from lxml import html

from aggregator.selectors import check_selector, select_elements
from aggregator.settings.length_limits import LONGEST_SELECTOR

PAGE = html.document_fromstring(
    """<html><body>
    <div class="story lead" id="a"><p id="b">One.</p><aside id="c">Two.</aside></div>
    <DIV class="story" id="d"><p id="e" lang="de-AT">Drei.</p></DIV>
    <footer id="f"><p id="g">Four: a (b) $c.</p></footer>
    </body></html>"""
)


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        pytest.param(".story", ["a", "d"], id="a class"),
        pytest.param("#b, footer > p", ["b", "g"], id="a list"),
        pytest.param("div p:lang(de)", ["e"], id="a pseudo-class"),
        pytest.param("DIV.lead p", ["b"], id="names in capitals"),
        pytest.param("p:hover", [], id="what no document has"),
        pytest.param("  .lead  ", ["a"], id="spaces around"),
        pytest.param("//div[@class='story']", ["d"], id="a path"),
        pytest.param("(//p)[last()]", ["g"], id="a path in brackets"),
        pytest.param("./body/div[not(descendant::aside) and (p or h1)]", ["d"], id="operators before brackets"),
        pytest.param("//p[contains(., 'a (b) $c')]", ["g"], id="signs in a literal"),
        pytest.param("//p[text()[starts-with(normalize-space(), 'One')]]/following-sibling::*", ["c"], id="axes"),
        pytest.param("//table", [], id="nothing"),
    ],
)
def test_css_and_xpath_select_elements(selector: str, ids: list[str]) -> None:
    assert [element.get("id") for element in select_elements(check_selector(selector), PAGE)] == ids


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        pytest.param(" ", "the selector is empty; write CSS or XPath", id="empty"),
        pytest.param(
            "p" * (LONGEST_SELECTOR + 1),
            f"a selector has at most {LONGEST_SELECTOR} characters, not {LONGEST_SELECTOR + 1}",
            id="long",
        ),
        pytest.param("div[", "'div[' is not a CSS selector: Expected ident or '*', got <EOF at 4>", id="bad css"),
        pytest.param(
            "p::text", "'p::text' is not a CSS selector: Pseudo-elements are not supported.", id="pseudo-element"
        ),
        pytest.param("//p[", "'//p[' is not an XPath expression: Invalid expression", id="bad xpath"),
        pytest.param(
            "a|p", "'a|p' is not an XPath expression: Undefined namespace prefix", id="a namespace that CSS names"
        ),
        pytest.param("//x:p", "'//x:p' cannot be used: namespaces are not supported", id="a namespace"),
        pytest.param(
            "//p[re:test(., 'a')]", "\"//p[re:test(., 'a')]\" cannot be used: namespaces are not supported", id="EXSLT"
        ),
        pytest.param("//p[$x]", "'//p[$x]' cannot be used: variables are not supported", id="a variable"),
        pytest.param(
            "//p[document('/etc/passwd')]",
            "\"//p[document('/etc/passwd')]\" cannot be used: the function document() is not supported",
            id="a function that reaches out",
        ),
        pytest.param(
            "//*[following::p]",
            "'//*[following::p]' cannot be used: following:: and preceding:: visit the whole page; "
            "write following-sibling:: or the path of the element",
            id="an axis that runs long",
        ),
        pytest.param("//a/@href", "'//a/@href' cannot be used: it returns text or attributes, not elements", id="href"),
        pytest.param(
            "//p/text()", "'//p/text()' cannot be used: it returns text or attributes, not elements", id="text"
        ),
        pytest.param("(count(//p))", "'(count(//p))' cannot be used: it returns a value, not elements", id="a number"),
        pytest.param(
            "//p[\0]",
            "'//p[\\x00]' is not an XPath expression: "
            "All strings must be XML compatible: Unicode or ASCII, no NULL bytes or control characters",
            id="a control character",
        ),
    ],
)
def test_what_selects_no_elements_or_reaches_out_is_refused(selector: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the reason is asserted whole
        check_selector(selector)
    assert str(caught.value) == reason
