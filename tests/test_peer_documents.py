"""Readings of two parsers compare fact by fact, and every judged kind of difference is in the documentation."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peer_expectations import feedparser_documents, podcastparser_documents
from benchmarks.peer_facts import Difference, Reading, differences, read_ours, read_with_feedparser
from benchmarks.peer_judgements import JUDGEMENTS, judge_difference, judgement_table

ATOM = b"""<!--
Header: Content-Type: application/atom+xml
Expect: not bozo and entries[0]['title'] == 'The mill <turns>'
-->
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Mill</title><link href="https://mill.example/"/>
<entry><id>urn:1</id><title type="text">The mill &lt;turns></title><link href="/1"/><updated>2026-11-01T10:00:00Z</updated>
<author><name>Ida Brandt</name></author><category term="m" label="Mills"/>
<link rel="enclosure" href="https://mill.example/1.mp3" type="audio/mpeg"/>
<content type="html">&lt;p>It &lt;b>turns&lt;/b>.&lt;/p></content></entry></feed>"""
URL = "https://mill.example/feed"


def test_two_parsers_differ_in_the_facts_that_are_judged() -> None:
    headers = {"content-type": "application/xml"}
    theirs, _ = read_with_feedparser(ATOM, url=URL, headers=headers)
    ours = read_ours(ATOM, url=URL, headers=headers)
    assert ours.feed == theirs.feed == {"title": "Mill", "link": "mill.example", "language": "en"}
    assert list(differences("mill", ours, theirs)) == [
        Difference(document="mill", fact="published", ours="2026-11-01T10:00:00", theirs=None),
        Difference(document="mill", fact="categories", ours=("Mills",), theirs=("m",)),
    ]


def test_a_missing_entry_is_one_difference() -> None:
    one = Reading(feed={"title": "a"}, entries=({"title": "x"},))
    two = Reading(feed={"title": "b"}, entries=({"title": "x"}, {"title": "y"}))
    assert [(found.fact, found.ours, found.theirs) for found in differences("d", one, two)] == [
        ("entries", 1, 2),
        ("feed title", "a", "b"),
    ]


def test_the_expectations_of_the_packages_are_read(tmp_path: Path) -> None:
    for name, content in (
        ("tests/wellformed/mill.xml", ATOM),
        ("tests/wellformed/wrong.xml", ATOM.replace(b"== 'The mill <turns>'", b"== 'The pier'")),
        ("tests/data/pod.rss", b"<rss version='2.0'><channel><title>Pod</title></channel></rss>"),
        ("tests/data/pod.json", b'{"title": "Pod", "episodes": []}'),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    mill, wrong = feedparser_documents(tmp_path)
    assert (mill.name, mill.holds, wrong.holds) == ("wellformed/mill.xml", True, False)
    assert mill.headers["content-type"] == "application/atom+xml"
    (pod,) = podcastparser_documents(tmp_path)
    assert pod.expected == Reading(feed={"title": "Pod"})


def test_a_difference_of_no_judged_kind_has_no_judgement() -> None:
    labels = Difference(document="feedparser: wellformed/a.xml", fact="categories", ours=("A",), theirs=("a",))
    assert (judgement := judge_difference(labels)) is not None
    assert judgement.kind == "Labels of categories"
    assert judge_difference(Difference(document="other: a.xml", fact="title", ours="a", theirs="b")) is None


def test_the_documentation_has_the_table_of_judgements() -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "peer-documents.md"
    assert judgement_table() in page.read_text(encoding="utf-8")
    assert [judgement.kind for judgement in JUDGEMENTS if judgement.verdict == "wrong"] == []
