"""Where a document stops being XML."""

from __future__ import annotations

import pytest

from aggregator.parsing.well_formedness import MAX_ATTRIBUTES, MAX_ELEMENT_DEPTH, XmlStructure, check_structure

ONE = "<rss><channel><item><title>a</title></item>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param("<feed/>", XmlStructure(root="feed", complete_until=7), id="a root alone"),
        pytest.param(ONE + "</channel></rss>", XmlStructure(root="rss", complete_until=59), id="well-formed"),
        pytest.param(
            ONE + "<item><title>b",
            XmlStructure(
                root="rss",
                fault="no element found, line 1",
                is_truncated=True,
                complete_until=len(ONE),
                open_elements=("rss", "channel"),
            ),
            id="cut in the second entry",
        ),
        pytest.param(
            ONE + "<item><descr",
            XmlStructure(
                root="rss",
                fault="unclosed token, line 1",
                is_truncated=True,
                complete_until=len(ONE),
                open_elements=("rss", "channel"),
            ),
            id="cut in a tag",
        ),
        pytest.param(
            ONE + "<item><description><![CDATA[b",
            XmlStructure(
                root="rss",
                fault="unclosed CDATA section, line 1",
                is_truncated=True,
                complete_until=len(ONE),
                open_elements=("rss", "channel"),
            ),
            id="cut in a CDATA section",
        ),
        pytest.param(
            "<rss><item><item></item>",
            XmlStructure(root="rss", fault="no element found, line 1", is_truncated=True),
            id="an entry within a half entry is not whole",
        ),
        pytest.param(
            "<rss></rss><script>",
            XmlStructure(
                root="rss", fault="junk after document element, line 1", has_trailing_content=True, complete_until=11
            ),
            id="something behind the root",
        ),
        pytest.param(
            "<rss><item/><item><b/>",
            XmlStructure(
                root="rss",
                fault="no element found, line 1",
                is_truncated=True,
                complete_until=12,
                open_elements=("rss",),
            ),
            id="an empty entry is whole",
        ),
        pytest.param(
            "<rss>\n<b></i></rss>",
            XmlStructure(root="rss", fault="mismatched tag, line 2"),
            id="tags that do not match",
        ),
        pytest.param(
            '<rss xmlns:a="urn:a"><a:x/><dc:x m:y="1" xml:lang="de"/></rss>',
            XmlStructure(root="rss", complete_until=62, undeclared_prefixes=("dc", "m")),
            id="prefixes nobody declared",
        ),
        pytest.param(
            "<b>" * (MAX_ELEMENT_DEPTH + 1),
            XmlStructure(root="b", fault="nested more than 256 elements deep", exceeds_limits=True),
            id="too deep",
        ),
        pytest.param(
            "<b " + " ".join(f'a{number}=""' for number in range(MAX_ATTRIBUTES + 1)) + "/>",
            XmlStructure(root="b", fault="has an element with more than 256 attributes", exceeds_limits=True),
            id="too wide",
        ),
        pytest.param("", XmlStructure(root=None, fault="no element found, line 1"), id="nothing"),
    ],
)
def test_structure_is_what_one_pass_finds(document: str, expected: XmlStructure) -> None:
    assert check_structure(document.encode()) == expected
