"""What a person sees of merging in a terminal, and what they may say about it."""

from __future__ import annotations

import json

import pytest

from aggregator.dedup.sketch import sketch
from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.steps.store_text import store_text
from aggregator.store import articles, merge_queries, stories
from aggregator.store.database import Database
from tests.reports import HARBOUR, LOCAL, RIVAL, cut
from tests.shell import Shell
from tests.stored import MINUTE, NOW, add_article, add_feeds

HERALD, MIRROR, WIRE = 1, 2, 3
NEAR = Verdict(relation=Relation.NEAR_COPY, rule="near copy across outlets", evidence=Evidence(shorter=0.9))
RELATED = Verdict(relation=Relation.RELATED, rule="shared passages", evidence=Evidence(shorter=0.4))


def read(database: Database, article_id: int, text: str) -> None:
    """Give an article this text."""
    kept = ArticleText(title="Crane comes down", text=text, html=text, source=TextSource.PAGE, reason="read")
    with database.writing() as session:
        store_text(session, article_id, kept, sketch(text), now=NOW)


@pytest.fixture
def newsstand(shell: Shell) -> Shell:
    """Two stories: one of the herald and the mirror, one of the wire alone, all of them read by people."""
    shell.configured().types("migrate")
    database = Database("sqlite:///data/aggregator.db")
    texts = {"herald": HARBOUR, "mirror": f"VESSLEY, March 1 (Wire) - {cut(HARBOUR, 5)}", "wire": RIVAL}
    add_feeds(database, *texts)
    for article_id, (name, text) in enumerate(texts.items(), 1):
        add_article(database, name, "a", "x")
        read(database, article_id, text)
    with database.writing() as session:
        for article_id, key in ((HERALD, "k1"), (WIRE, "k2")):
            stories.create_story(session, article_id, key=key, settle_at=NOW, now=NOW, reason="no copy of it was found")
        stories.add_copy(session, MIRROR, 1, verdict=NEAR, against_id=HERALD, now=NOW)
        merge_queries.store_verdict(session, WIRE, HERALD, RELATED, now=NOW)
        for article_id in (HERALD, MIRROR, WIRE):
            articles.mark_placed(session, article_id)
        stories.publish_settled(session, before=NOW + MINUTE, authority="x.example,2026", now=NOW + MINUTE)
    database.close()
    return shell


def test_what_two_articles_share_is_shown_side_by_side(newsstand: Shell) -> None:
    code, out, _ = newsstand.types("stories", "explain", "1", "https://mirror.example/a")
    told = " ".join(out.split())
    assert code == 0
    assert "near-copy: copies of one text, by the rule “revised copy across outlets”" in told
    assert "100% of the shorter text" in told
    assert "not compared, in the text of mirror.example: VESSLEY, March 1 (Wire) -" in told
    assert ("1 herald.example" in told, "2 mirror.example" in told, "⟦" in told) == (True, True, True)
    code, out, _ = newsstand.types("stories", "explain", "k1", "k2", "--json")
    seen = json.loads(out)
    assert (code, seen["verdict"]["relation"]) == (0, "different")
    lines = seen["first"]["lines"]
    assert "\n".join("".join(piece["text"] for piece in line) for line in lines) == HARBOUR
    assert not any(piece["shared"] for line in lines for piece in line)


@pytest.mark.parametrize(
    "typed", [("explain", "9", "1"), ("explain", "1", "https://nowhere.example/"), ("rulings", "--forget", "1", "99")]
)
def test_an_article_that_nobody_knows_is_told(newsstand: Shell, typed: tuple[str, ...]) -> None:
    code, _, err = newsstand.types("stories", *typed)
    assert (code, "there is no article" in err, "Traceback" in err) == (1, True, False)


def test_a_copy_is_split_off_listed_joined_again_and_forgotten(newsstand: Shell) -> None:
    code, out, _ = newsstand.types("stories", "split", "k1", "2")
    assert (code, out.startswith("2 was moved from story k1 to story ")) == (0, True)
    new = out.split()[-1].rstrip(".")
    code, out, _ = newsstand.types("stories", "rulings", "--json")
    (said,) = json.loads(out)
    assert (said["said"], said["article_id"], said["other_url"]) == ("apart", 1, "https://mirror.example/a")
    assert "apart" in newsstand.types("stories", "rulings")[1]
    code, out, _ = newsstand.types("stories", "join", "k1", new)
    assert (code, out) == (0, f"story {new} was united with story k1 (1 earlier decision replaced).\n")
    assert newsstand.types("stories", "rulings", "--forget", "2", "1")[0] == 0
    assert json.loads(newsstand.types("stories", "rulings", "--json")[1]) == []
    code, _, err = newsstand.types("stories", "rulings", "--forget", "2", "1")
    assert (code, err) == (1, "aggregator: there is no ruling about 2 and 1; type: aggregator stories rulings\n")


def test_other_thresholds_are_tried_and_change_nothing(newsstand: Shell) -> None:
    assert newsstand.types("stories", "dry-run")[0] == 1
    code, out, _ = newsstand.types("stories", "dry-run", "--threshold", "0.6")
    assert (code, out) == (0, "2 pairs compared, 0 would be decided differently\n")
    database = Database("sqlite:///data/aggregator.db")
    read(database, MIRROR, "\n".join([cut(HARBOUR, 3), LOCAL]))
    database.close()
    code, out, _ = newsstand.types("stories", "dry-run", "--threshold", "0.95", "--json")
    (changed,) = json.loads(out)
    assert (changed["article_id"], changed["other_id"], changed["story"], changed["merges"]) == (2, 1, "k1", False)
    assert "two stories" in newsstand.types("stories", "dry-run", "--threshold", "0.95")[1]
    assert len(json.loads(newsstand.types("stories", "show", "k1", "--json")[1])["copies"]) == 2


def test_the_newest_stories_are_listed_whatever_digests_there_are(newsstand: Shell) -> None:
    edition = 'feeds: []\ndigests: [{name: morning, edition: "07:00", where: {min_copies: 9}}]\n'
    (newsstand.config / "feeds.yaml").write_text(edition)
    code, out, _ = newsstand.types("stories", "list", "--json")
    assert (code, {story["key"] for story in json.loads(out)}) == (0, {"k1", "k2"})
