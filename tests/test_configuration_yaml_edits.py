"""A feed is put into the YAML a person wrote, or taken out of it, and nothing else moves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from aggregator.configuration import starter_files
from aggregator.configuration.settings_dump import YamlValue
from aggregator.configuration.yaml_edits import ManualEditNeeded, with_feeds, without_feed

NEW: dict[str, YamlValue] = {"url": "https://new.example/feed", "name": "new", "tags": ("a", "b c")}
AS_READ = {"url": "https://new.example/feed", "name": "new", "tags": ["a", "b c"]}


def content(text: str) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(text) or {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "feeds:\n  - url: u\n", id="an empty file"),
        pytest.param("# mine\n", "# mine\nfeeds:\n  - url: u\n", id="nothing but a comment"),
        pytest.param("# mine", "# mine\nfeeds:\n  - url: u", id="a comment without an end of line"),
        pytest.param("feeds: []\n# end\n", "feeds:\n  - url: u\n# end\n", id="an empty list"),
        pytest.param("feeds: []  # none yet\n", "feeds:  # none yet\n  - url: u\n", id="an empty list with a comment"),
        pytest.param("feeds: []", "feeds:\n  - url: u", id="an empty list without an end of line"),
        pytest.param("feeds:  [ ]\n", "feeds:  [{url: u} ]\n", id="an empty list in a hand of its own"),
        pytest.param(
            "digests: [{name: d}]\n# end\n", "digests: [{name: d}]\n# end\nfeeds:\n  - url: u\n", id="no list of feeds"
        ),
        pytest.param("  digests: []\n", "  digests: []\n  feeds:\n    - url: u\n", id="keys that are indented"),
        pytest.param("{}\n", "{feeds: [{url: u}]}\n", id="braces"),
        pytest.param("{digests: []}\n", "{feeds: [{url: u}], digests: []}\n", id="braces with something in them"),
        pytest.param("feeds: [{url: a}]\n", "feeds: [{url: a}, {url: u}]\n", id="a list in brackets"),
        pytest.param(
            "feeds: [\n  {url: a}, # A\n]\n", "feeds: [\n  {url: a}, {url: u}, # A\n]\n", id="brackets over lines"
        ),
        pytest.param("feeds:\n- url: a\n\n# D\n", "feeds:\n- url: a\n- url: u\n\n# D\n", id="dashes below their key"),
        pytest.param("feeds:\r\n  - url: a\r\n", "feeds:\r\n  - url: a\r\n  - url: u\r\n", id="carriage returns"),
        pytest.param("feeds:\n    - url: a", "feeds:\n    - url: a\n    - url: u", id="no end of line"),
        pytest.param(
            "feeds:\n  - url: a  # A\n    # every: 1h\n\n    # more of A\n  # - url: b\ndigests: []\n",
            "feeds:\n  - url: a  # A\n    # every: 1h\n\n    # more of A\n  - url: u\n  # - url: b\ndigests: []\n",
            id="comments of the last feed",
        ),
        pytest.param(
            "feeds:\n  - url: a\n    title: >\n      long\n\n      words\n\ndigests: []\n",
            "feeds:\n  - url: a\n    title: >\n      long\n\n      words\n  - url: u\n\ndigests: []\n",
            id="a title over lines",
        ),
        pytest.param(
            "feeds:\n  - &a {url: a}\n  - {<<: *a, url: b}\n",
            "feeds:\n  - &a {url: a}\n  - {<<: *a, url: b}\n  - url: u\n",
            id="anchors",
        ),
        pytest.param("\ufefffeeds: []\n", "\ufefffeeds:\n  - url: u\n", id="a byte order mark"),
        pytest.param("feeds:\n  - url: a\n    title:\n", "feeds:\n  - url: a\n    title:\n  - url: u\n", id="no value"),
    ],
)
def test_a_feed_is_added_where_a_person_would_add_it(before: str, after: str) -> None:
    assert with_feeds(before, [{"url": "u"}]) == after


def test_the_starter_configuration_gets_its_first_feed_and_loses_it_again() -> None:
    added = with_feeds(starter_files.FEEDS, [NEW])
    inserted = "feeds:\n  - url: https://new.example/feed\n    name: new\n    tags: [a, b c]\n"
    assert added == starter_files.FEEDS.replace("feeds: []\n", inserted)
    assert without_feed(added, 0) == starter_files.FEEDS


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        pytest.param(
            "feeds:\n  # A\n  # is ours\n  - url: a # a\n    # deeper\n\n  # B\n  - url: b\n",
            0,
            "feeds:\n\n  # B\n  - url: b\n",
            id="with its own comments",
        ),
        pytest.param(
            "feeds:\n  - url: a\n    # deeper\n\n  # of nobody\n\n  - url: b\n  - url: c\n",
            1,
            "feeds:\n  - url: a\n    # deeper\n\n  # of nobody\n\n  - url: c\n",
            id="without those of others",
        ),
        pytest.param("feeds:\n- url: a\n# end\n", 0, "feeds: []\n# end\n", id="the only one"),
        pytest.param("feeds:\n  - url: a\n  - url: b", 1, "feeds:\n  - url: a", id="the last, without an end of line"),
        pytest.param("feeds: [{url: a}, {url: b}, {url: c}]\n", 0, "feeds: [{url: b}, {url: c}]\n", id="in brackets"),
        pytest.param("feeds: [{url: a}, {url: b}, ]\n", 1, "feeds: [{url: a}, ]\n", id="last in brackets"),
        pytest.param("feeds: [{url: a}]\n", 0, "feeds: []\n", id="the only one in brackets"),
    ],
)
def test_a_feed_is_removed(before: str, index: int, after: str) -> None:
    assert without_feed(before, index) == after


@pytest.mark.parametrize(
    ("text", "index", "reason"),
    [
        pytest.param("feeds: [{url: a}, # A\n {url: b}]\n", 1, "there is a comment next to the feed", id="brackets"),
        pytest.param("? feeds\n: - url: a\n  - url: b\n", 0, "has no dash on its line", id="question"),
        pytest.param(
            "feeds:\n  - &a {url: a}\n  - {<<: *a}\n", 0, "too unusual for an automatic edit", id="an anchor in use"
        ),
    ],
)
def test_what_cannot_be_removed_safely_is_left_to_a_person(text: str, index: int, reason: str) -> None:
    with pytest.raises(ManualEditNeeded, match=reason):
        without_feed(text, index)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("feeds: {}\n", id="no list"),
        pytest.param("- url: a\n", id="no keys"),
        pytest.param("feeds: []\n...\n---\n", id="two documents"),
        pytest.param("feeds: [\n", id="no YAML"),
        pytest.param("digests: []\n...\n", id="an end of the document"),
        pytest.param("feeds:\n  - url: a\n    title: |+\n      kept\n\n\ndigests: []\n", id="blank lines that count"),
    ],
)
def test_what_cannot_be_added_to_safely_is_left_to_a_person(text: str) -> None:
    with pytest.raises(ManualEditNeeded):
        with_feeds(text, [NEW])


SPECIAL = [
    "",
    ":",
    "-",
    "?",
    ": a",
    "- a",
    "---",
    "yes",
    "null",
    "1",
    "1e3",
    "2026-01-01",
    "a: b",
    "a #b",
    "[",
    "~",
    "a,b",
]


@given(value=st.text(max_size=20) | st.text(":-?,[]{}#&*!|>'\"%@` a", max_size=6) | st.sampled_from(SPECIAL))
@example(value=":")
def test_any_words_are_written_so_that_they_are_read_back(value: str) -> None:
    for text in ("feeds: []\n", "feeds: [ ]\n"):
        feed = content(with_feeds(text, [{"url": "u", "title": value, "tags": (value,)}]))["feeds"][0]
        assert feed == {"url": "u", "title": value, "tags": [value]}


COMMENT = st.sampled_from(["# note", "# - url: https://old.example/", "#"])


@st.composite
def block_files(draw: st.DrawFn) -> str:
    """A feeds.yaml as people write them: dashes at some column, comments and blank lines anywhere."""
    column = draw(st.sampled_from([0, 2, 4]))
    lines = draw(st.lists(st.sampled_from(["# feeds", "", "digests: [{name: digest}]"]), max_size=3, unique=True))
    feeds = draw(st.integers(0, 4))
    lines.append(("feeds: []" if feeds == 0 else "feeds:") + draw(st.sampled_from(["", "  # mine"])))
    for number in range(feeds):
        lines += draw(gaps(column))
        lines += [" " * column + line for line in draw(items(number))]
    lines += draw(gaps(column))
    if "digests: [{name: digest}]" not in lines:
        lines += draw(st.sampled_from([[], ["digests:", "  # one", "  - name: digest"]]))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


def gaps(column: int) -> st.SearchStrategy[list[str]]:
    columns = st.sampled_from([0, column, column + 2, column + 4])
    comments = st.builds(lambda indent, comment: " " * indent + comment, columns, COMMENT)
    return st.lists(comments | st.just("") | st.just("   "), max_size=3)


def items(number: int) -> st.SearchStrategy[list[str]]:
    url = f"https://{number}.example/feed"
    return st.sampled_from(
        [
            [f"- url: {url}"],
            [f"-   url: '{url}'  # it's ours", "    tags: [a,", "           b]"],
            [f"- {{url: {url}, every: 1h}}"],
            ["-", f'  url: "{url}"'],
            [f"- url: {url}", "  title: |-", "    A title", "    # that is no comment"],
            [f"- url: {url}", "  # every: 1h", "", "  drop:", "    - tag: sport", "    - {title: 'x'}"],
            [f"- url: {url}", "  title: two", "    lines"],
            [f"- url: {url}", "  title:"],
        ]
    )


@given(before=block_files())
def test_after_adding_every_line_is_there_in_its_order_and_after_removing_every_byte(before: str) -> None:
    after = with_feeds(before, [NEW])
    assert content(after) == {**content(before), "feeds": [*content(before)["feeds"], AS_READ]}
    remaining = iter(after.splitlines())
    expected = [line.replace("feeds: []", "feeds:") for line in before.splitlines()]
    assert [line for line in expected if line not in remaining] == []
    assert without_feed(after, len(content(before)["feeds"])) == before


@given(before=block_files(), chosen=st.integers(0, 3))
def test_after_removing_the_others_are_there(before: str, chosen: int) -> None:
    feeds = content(before)["feeds"]
    if chosen < len(feeds):
        after = without_feed(before, chosen)
        assert content(after) == {**content(before), "feeds": feeds[:chosen] + feeds[chosen + 1 :]}
        gone = {line for line in before.splitlines() if ".example/feed" in line} - set(after.splitlines())
        assert len(gone) == 1
