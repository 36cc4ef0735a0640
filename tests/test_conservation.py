"""The measure of what of a feed arrives: it finds what is lost, names the reason, and finds nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.conservation import compare, hosts_of, measure, pair_entries, publish_document
from benchmarks.content_parts import Kind, missing_parts
from benchmarks.html_parts import list_parts
from benchmarks.written_document import read_written
from tests.conftest import SHARED
from tests.loops import loop_over

FEEDS = SHARED / "corpus" / "feeds"
BASE = "https://site.example/posts/"


def lost(written: str, shown: str) -> list[tuple[str, str]]:
    """The kinds and reasons of what is lost, words aside."""
    parts = missing_parts(list_parts(written, bases=[BASE]), list_parts(shown))
    return sorted((str(part.kind), part.reason) for part in parts if part.kind is not Kind.WORD)


KEPT = {
    "a picture whose address was relative": ("<img src='a.jpg'>", "<img src='https://site.example/posts/a.jpg'>"),
    "a lazy picture, by its real address": ("<img src='/blank.gif' data-src='/a.jpg'>", "<img src='http://site.example/a.jpg'>"),
    "a picture for browsers without scripts, once": (
        "<img src='data:,' data-src='/a.jpg'><noscript><img src='/a.jpg'></noscript>",
        "<img src='https://site.example/a.jpg'>",
    ),
    "one candidate of a set": ("<img srcset='/s.jpg 1x, /l.jpg 2x'>", "<img src='https://site.example/l.jpg'>"),
    "a source of a picture": (
        "<picture><source srcset='/l.webp'><img src='/s.jpg'></picture>",
        "<img src='https://site.example/l.webp'>",
    ),
    "a player as a link to its page": (
        "<iframe src='https://www.youtube.com/embed/aBcDeFgHiJk?rel=0'></iframe>",
        "<a href='https://www.youtube.com/watch?v=aBcDeFgHiJk'>Video</a>",
    ),
    "a file in a player": ("<audio><source src='/a.mp3'></audio>", "<a href='https://site.example/a.mp3'>Listen</a>"),
    "a formula as its text": ("<math><mi>x</mi><mo>+</mo><mn>1</mn></math>", "<p>so x + 1 is</p>"),
    "lines of code": ("<pre>a\n  b<br>c</pre>", "<pre>a\n  b\nc\n</pre>"),
    "items of nested lists": ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a checkbox as a sign": ("<li><input type=checkbox checked> done</li>", "<ul><li>☑ done</li></ul>"),
}  # fmt: skip


@loop_over(("written", "shown"), [pytest.param(*texts, id=name) for name, texts in KEPT.items()])
def test_what_is_kept_is_found_again(written: str, shown: str) -> None:
    assert lost(written, shown) == []


LOST = {
    "a picture": ("<img src='a.jpg'><img src='b.jpg'>", "<img src='https://site.example/posts/b.jpg'>", ("pictures", "")),
    "a picture of which the placeholder stayed": (
        "<img src='/blank.gif' data-src='/a.jpg'>", "<img src='https://site.example/blank.gif'>", ("pictures", "")
    ),
    "an alternative text": (
        "<img src='a.jpg' alt='A mill'>", "<img src='https://site.example/posts/a.jpg'>", ("labels", "")
    ),
    "a player": ("<iframe src='https://maps.example/embed/1'></iframe>", "<p></p>", ("players", "")),
    "a link": ("<a href='/a'>one</a>", "one", ("links", "")),
    "a link to another address": ("<a href='a'>one</a>", "<a href='https://site.example/a'>one</a>", ("links", "")),
    "a formula": ("<math><mi>x</mi><mo>=</mo><mi>y</mi></math>", "<p></p>", ("formulas", "")),
    "the lines of code": ("<pre>ab\n</pre>", "<p>ab</p>", ("code lines", "")),
    "the indentation of code": ("<pre>  ab</pre>", "<pre>ab</pre>", ("code lines", "")),
    "an item": ("<ul><li>a<li>b</ul>", "<ul><li>a</li></ul>", ("list items", "")),
    "a definition": ("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt></dl>b", ("list items", "")),
    "a cell": ("<table><tr><td>a<td>b</table>", "<table><tr><td>a b</td></tr></table>", ("table cells", "")),
    "a drawing": ("<svg width=300 height=200><path/></svg>", "", ("drawings", "")),
    "a tracking pixel": ("<img src='/p.gif' width=1 height=1>", "", ("pictures", "a tracking pixel")),
    "an icon": ("<a href='#n'><svg><path/></svg></a>", f"<a href='{BASE}#n'></a>", ("drawings", "an icon")),
    "what a browser hides": ("<div style='display: none'><img src=a.jpg></div>", "", ("pictures", "hidden")),
    "a script behind a link": ("<a href='javascript:f()'>one</a>", "one", ("links", "a script")),
    "a share button": (
        "<iframe src='https://www.facebook.com/plugins/like.php?x'></iframe>", "", ("players", "a share button")
    ),
    "an empty item": ("<ul><li>a<li></ul>", "<ul><li>a</li></ul>", ("list items", "empty")),
}  # fmt: skip


@loop_over(("written", "shown", "loss"), [pytest.param(*texts, id=name) for name, texts in LOST.items()])
def test_a_loss_is_found_and_explained_by_what_it_is(written: str, shown: str, loss: tuple[str, str]) -> None:
    assert lost(written, shown) == [loss]


def test_words_are_counted_but_not_those_of_scripts_and_hidden_elements() -> None:
    written = "<p>One <b>two</b>three</p><script>four</script><p hidden>five</p><noscript>six</noscript>seven"
    assert [part.label for part in missing_parts(list_parts(written, bases=[BASE]), list_parts(""))] == [
        "one",
        "twothree",
        "seven",
    ]


RSS = b"""<rss version="2.0"><channel>
<item><guid>1</guid><title>One</title><description><![CDATA[<item> is a tag]]></description></item>
<item><guid>1</guid><title>One</title><description><![CDATA[<item> is a tag]]></description></item>
<item><guid>2</guid><title>Two</title><enclosure url="/a.mp3" type="audio/mpeg"/></item>
<!-- <item> --><item><guid>3</guid><title>Thr"""


def test_item_elements_are_counted_beside_the_entries() -> None:
    document = read_written(RSS, url="https://site.example/feed")
    assert (document.elements, document.cut_off, document.repeated) == (4, True, 1)
    assert [entry.guid for entry in document.entries][:3] == ["1", "1", "2"]
    assert [part.names for part in document.entries[2].files] == [frozenset({"site.example/a.mp3"})]


def test_json_feeds_are_read_without_feedparser() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_html": "<p>a", "image": "/i.png"}]}'
    document = read_written(body, url="https://site.example/feed")
    assert document.elements == 1
    (entry,) = document.entries
    assert (entry.guid, entry.texts[0].markup, entry.files[0].kind) == ("1", "<p>a", Kind.PICTURE)


WHOLE = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Site</title>
<item><guid>1</guid><link>https://site.example/1</link><title>The mill turns</title>
<content:encoded><![CDATA[<p>The <a href="/mill">mill</a> turns again.</p><img src="/mill.jpg" alt="Mill">
<ul><li>one</li><li>two</li></ul><pre>a = 1
b = 2</pre><table><tr><td>1</td><td>2</td></tr></table>
<img src="https://pixel.wp.com/b.gif" width="1" height="1"><a href="javascript:alert(1)">x</a>]]></content:encoded></item>
<item><guid>2</guid><link>https://site.example/2</link><title>A song</title><description>Sung by all.</description>
<enclosure url="https://site.example/song.mp3" type="audio/mpeg" length="5"/></item>
<item><guid>2</guid><link>https://site.example/2</link><title>A song</title><description>Sung by all.</description>
<enclosure url="https://site.example/song.mp3" type="audio/mpeg" length="5"/></item>
</channel></rss>"""


@pytest.mark.anyio
async def test_a_document_goes_through_the_service_and_only_stated_reasons_take_from_it(sqlite_url: str) -> None:
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    published = await publish_document(WHOLE.encode(), host="site.example", database=database)
    written = read_written(WHOLE.encode(), url=published.url)
    balance = compare("whole", written, published)
    assert (balance.elements, balance.written, balance.stored, balance.shown, balance.copies) == (3, 3, 2, 2, 0)
    assert {(loss.stage, loss.kind, loss.reason) for loss in balance.losses} == {
        ("stored", "entries", "written twice, the same in everything"),
        ("stored", "pictures", "a tracking pixel"),
        ("shown", "pictures", "a tracking pixel"),
        ("stored", "links", "a script"),
        ("shown", "links", "a script"),
    }
    assert balance.parts[Kind.CODE_LINE] == balance.parts[Kind.LIST_ITEM] == balance.parts[Kind.CELL] == 2


@pytest.mark.anyio
async def test_a_document_that_came_changed_is_told_from_the_one_that_was_written(sqlite_url: str) -> None:
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    published = await publish_document(WHOLE.encode(), host="site.example", database=database)
    more = WHOLE.replace("</item>", "</item><item><title>Left out</title></item>", 1).replace(
        "<li>two", "<li>two<li>three"
    )
    balance = compare("more", read_written(more.encode(), url=published.url), published)
    assert [(loss.stage, loss.kind) for loss in balance.unexplained] == [
        ("stored", "list items"),
        ("stored", "words"),
        ("shown", "list items"),
        ("shown", "words"),
        ("stored", "entries"),
    ]
    assert (
        pair_entries(read_written(WHOLE.encode(), url=published.url).entries[1:2], published.entries)[0][1] is not None
    )


def corpus() -> dict[Path, str]:
    """The feeds of the shared corpus with their hosts; none where it is missing."""
    return hosts_of([FEEDS]) if FEEDS.is_dir() else {}


KNOWN = {
    "1922ee255de80a2d": {"pictures"},  # pictures of a summary, beside a content without them
    "35965f309bd495b8": {"words"},  # base64 in a legacy encoding, which the measure decodes as UTF-8
    "6522b705bdc201c9": {"links", "words"},  # entries with one title, which the measure takes for each other
    "68d08781a1f61709": {"words"},  # as in 35965f309bd495b8
    "6e370585150794fd": {"code lines"},  # indentation behind an empty anchor, which the measure misses
    "e30472e55dc78f78": {"labels"},  # the description of a video that has a title too
}
"""Kinds of parts that the measure does not find again, by feed."""


@pytest.mark.corpus
@loop_over(
    ("path", "host"), [pytest.param(*feed, id=feed[0].name) for feed in corpus().items()] or [("", "")], sample=8
)
def test_nothing_of_a_real_feed_is_lost_without_a_reason(path: Path, host: str, migrated_file: Path) -> None:
    balance = measure(path, host=host, migrated=migrated_file, parse=False)
    assert [loss for loss in balance.unexplained if loss.kind not in KNOWN.get(path.name, ())] == []


def test_the_manifest_of_a_folder_names_the_hosts(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file,host\na,one.example\n")
    for name in "ab":
        (tmp_path / name).touch()
    assert hosts_of([tmp_path]) == {tmp_path / "a": "one.example", tmp_path / "b": "example.org"}
