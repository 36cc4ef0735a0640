"""Where a document stops being XML."""

from __future__ import annotations

import pytest

from aggregator.parsing.well_formedness import DEEPEST, MOST_ATTRIBUTES, Structure, structure_of

ONE = "<rss><channel><item><title>a</title></item>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param("<feed/>", Structure(root="feed", whole_until=7), id="a root alone"),
        pytest.param(ONE + "</channel></rss>", Structure(root="rss", whole_until=59), id="well-formed"),
        pytest.param(
            ONE + "<item><title>b",
            Structure(
                root="rss",
                fault="no element found, line 1",
                is_truncated=True,
                whole_until=len(ONE),
                open_there=("rss", "channel"),
            ),
            id="cut in the second entry",
        ),
        pytest.param(
            ONE + "<item><descr",
            Structure(
                root="rss",
                fault="unclosed token, line 1",
                is_truncated=True,
                whole_until=len(ONE),
                open_there=("rss", "channel"),
            ),
            id="cut in a tag",
        ),
        pytest.param(
            ONE + "<item><description><![CDATA[b",
            Structure(
                root="rss",
                fault="unclosed CDATA section, line 1",
                is_truncated=True,
                whole_until=len(ONE),
                open_there=("rss", "channel"),
            ),
            id="cut in a CDATA section",
        ),
        pytest.param(
            "<rss><item><item></item>",
            Structure(root="rss", fault="no element found, line 1", is_truncated=True),
            id="an entry within a half entry is not whole",
        ),
        pytest.param(
            "<rss></rss><script>",
            Structure(root="rss", fault="junk after document element, line 1", trailing=True, whole_until=11),
            id="something behind the root",
        ),
        pytest.param(
            "<rss><item/><item><b/>",
            Structure(
                root="rss", fault="no element found, line 1", is_truncated=True, whole_until=12, open_there=("rss",)
            ),
            id="an empty entry is whole",
        ),
        pytest.param(
            "<rss>\n<b></i></rss>", Structure(root="rss", fault="mismatched tag, line 2"), id="tags that do not match"
        ),
        pytest.param(
            '<rss xmlns:a="urn:a"><a:x/><dc:x m:y="1" xml:lang="de"/></rss>',
            Structure(root="rss", whole_until=62, undeclared=("dc", "m")),
            id="prefixes nobody declared",
        ),
        pytest.param(
            "<b>" * (DEEPEST + 1),
            Structure(root="b", fault="nested more than 256 elements deep", monstrous=True),
            id="too deep",
        ),
        pytest.param(
            "<b " + " ".join(f'a{number}=""' for number in range(MOST_ATTRIBUTES + 1)) + "/>",
            Structure(root="b", fault="has an element with more than 256 attributes", monstrous=True),
            id="too wide",
        ),
        pytest.param("", Structure(root=None, fault="no element found, line 1"), id="nothing"),
    ],
)
def test_structure_is_what_one_pass_finds(document: str, expected: Structure) -> None:
    assert structure_of(document.encode()) == expected
