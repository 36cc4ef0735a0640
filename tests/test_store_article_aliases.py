"""Which articles share an address is found both ways, without ghosts, and whoever claims too much is not heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlmodel import Session, col

from aggregator.dedup.sketch import sketch
from aggregator.model.dedup import AliasKey, AliasKind, AliasStrength
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.steps.store_text import store_text
from aggregator.store import article_aliases
from aggregator.store.article_aliases import MAX_IN_OUTLET, MAX_UNTRUSTED
from aggregator.store.column_types import MAX_KEY_LENGTH
from aggregator.store.database import Database
from aggregator.store.tables import Article, ArticleAlias, row_id
from tests.stored import NOW, add_entries, add_feeds, change_entry, entry, feed_row, origin_of


@pytest.fixture
def stored(database: Database) -> Database:
    """Two outlets without articles."""
    add_feeds(database, "one", "two")
    return database


def read(
    database: Database, url: str, *, feed: str = "one", served: str | None = None, claims: str | None = None
) -> int:
    """Store an article that a feed links to and read it; gives its id."""
    add_entries(database, feed, entry(url, url=url))
    with database.writing() as session:
        outlet = origin_of(session, feed).outlet
        found = select(col(Article.id)).where(col(Article.url) == url, col(Article.outlet) == outlet)
        article_id = row_id(session.scalar(found))
        keep(session, article_id, served=served, claims=claims)
    return article_id


def keep(
    session: Session,
    article_id: int,
    *,
    served: str | None = None,
    claims: str | None = None,
    source: TextSource = TextSource.PAGE,
) -> None:
    words = f"the words of article {article_id}"
    kept = ArticleText(
        title="T", text=words, html=words, source=source, reason="", served_url=served, canonical_url=claims
    )
    store_text(session, article_id, kept, sketch(words), now=NOW)


def keys(database: Database) -> set[tuple[int, str, str, bool]]:
    with database.reading() as session:
        return {(row.article_id, row.key, row.kind, row.believed) for row in session.scalars(select(ArticleAlias))}


def sharing(database: Database, article_id: int) -> dict[int, AliasStrength]:
    with database.reading() as session:
        return dict(article_aliases.articles_sharing_alias(session, article_id))


def test_an_article_is_known_by_what_its_last_reading_gave(stored: Database) -> None:
    read(stored, "https://one.example/a", served="https://one.example/b", claims="https://two.example/c")
    before = {(1, "//one.example/a", "linked", True), (1, "//one.example/b", "served", True)}
    assert keys(stored) == before | {(1, "//two.example/c", "claimed", False)}
    with stored.writing() as session:
        keep(session, 1, served="https://one.example/d", claims="https://one.example/b")
    after = {(1, "//one.example/a", "linked", True), (1, "//one.example/d", "served", True)}
    assert keys(stored) == after | {(1, "//one.example/b", "claimed", True)}
    with stored.reading() as session:
        assert session.get_one(Article, 1).canonical_url == "https://one.example/b"


@pytest.mark.parametrize(
    ("source", "url", "believed"),
    [
        pytest.param(TextSource.FEED, "https://m.one.example/a", True, id="a feed of its own site's page"),
        pytest.param(TextSource.FEED, "https://m.two.example/a", False, id="a feed of another site's page"),
        pytest.param(TextSource.PAGE, "https://m.two.example/a", True, id="another site's page itself"),
        pytest.param(TextSource.TITLE, "https://m.two.example/a", True, id="no text at all"),
    ],
)
def test_a_feeds_own_text_is_believed_to_be_at_its_own_site(
    stored: Database, source: TextSource, url: str, believed: bool
) -> None:
    add_entries(stored, "one", entry("a", url=url))
    with stored.writing() as session:
        keep(session, 1, source=source)
    assert {held for _, _, _, held in keys(stored)} == {believed}


def test_an_article_that_moves_leaves_no_ghost(stored: Database) -> None:
    read(stored, "https://one.example/a", claims="https://one.example/b")
    moved = entry("https://one.example/a", url="https://one.example/moved")
    with stored.writing() as session:
        change_entry(session, "one", 1, replace(moved, title="New"))
    assert keys(stored) == set()
    with stored.writing() as session:
        keep(session, 1)
    assert keys(stored) == {(1, "//one.example/moved", "linked", True)}


@pytest.mark.parametrize(
    ("one", "other", "tie"),
    [
        pytest.param(
            {"url": "https://one.example/a"},
            {"url": "https://m.one.example/a?amp=1"},
            AliasStrength.CONFIRMED,
            id="twins",
        ),
        pytest.param(
            {"url": "https://one.example/a"},
            {"url": "https://one.example/b", "claims": "https://www.one.example/a/"},
            AliasStrength.CONFIRMED,
            id="one claims to be the other",
        ),
        pytest.param(
            {"url": "https://one.example/go?1", "served": "https://one.example/a"},
            {"url": "https://one.example/a"},
            AliasStrength.CONFIRMED,
            id="one is redirected to the other",
        ),
        pytest.param(
            {"url": "https://one.example/a", "claims": "https://one.example/c"},
            {"url": "https://one.example/b", "claims": "https://one.example/c"},
            AliasStrength.BOTH_CLAIM_IT,
            id="both claim to be a third",
        ),
        pytest.param(
            {"url": "https://one.example/a", "claims": "https://one.example/b"},
            {"url": "https://one.example/b", "claims": "https://one.example/a"},
            AliasStrength.CONFIRMED,
            id="each claims to be the other",
        ),
        pytest.param(
            {"url": "https://two.example/a", "feed": "two"},
            {"url": "https://one.example/b", "claims": "https://two.example/a"},
            AliasStrength.MUST_COMPARE,
            id="one claims to be another site's",
        ),
        pytest.param(
            {"url": "https://two.example/a"},
            {"url": "https://one.example/b", "claims": "https://two.example/a"},
            AliasStrength.MUST_COMPARE,
            id="one claims to be another site's, in one outlet",
        ),
        pytest.param(
            {"url": "https://one.example/a"},
            {"url": "https://one.example/a", "feed": "two"},
            AliasStrength.MUST_COMPARE,
            id="two outlets link to one page",
        ),
        pytest.param({"url": "https://one.example/a"}, {"url": "https://one.example/b"}, None, id="nothing shared"),
    ],
)
def test_two_articles_are_tied_both_ways(
    stored: Database, one: dict[str, str], other: dict[str, str], tie: AliasStrength | None
) -> None:
    first, second = read(stored, **one), read(stored, **other)
    assert sharing(stored, second) == ({first: tie} if tie else {})
    assert sharing(stored, first) == ({second: tie} if tie else {})


def test_an_address_that_many_articles_of_the_outlet_claim_is_none(stored: Database) -> None:
    for number in range(MAX_IN_OUTLET):
        read(stored, f"https://one.example/{number}", claims="https://one.example/all")
    assert set(sharing(stored, 1)) == set(range(2, MAX_IN_OUTLET + 1))
    read(stored, "https://one.example/last", claims="https://one.example/all")
    assert [sharing(stored, number) for number in range(1, MAX_IN_OUTLET + 2)] == [{}] * (MAX_IN_OUTLET + 1)


def test_a_feed_that_claims_another_outlets_address_does_not_shake_what_is_known_there(stored: Database) -> None:
    read(stored, "https://one.example/a")
    read(stored, "https://m.one.example/a")
    for number in range(MAX_UNTRUSTED + 5):
        read(stored, f"https://two.example/{number}", feed="two", claims="https://one.example/a")
    found = sharing(stored, 1)
    assert found.pop(2) is AliasStrength.CONFIRMED
    assert set(found.values()) == {AliasStrength.MUST_COMPARE}
    assert len(found) == MAX_UNTRUSTED


def test_a_long_address_is_known_by_its_digest(stored: Database) -> None:
    long = "https://one.example/" + "long-" * MAX_KEY_LENGTH
    read(stored, f"{long}x")
    read(stored, f"{long}x/amp")
    assert sharing(stored, 1) == {2: AliasStrength.CONFIRMED}
    assert all(len(key) <= MAX_KEY_LENGTH for _, key, _, _ in keys(stored))


def test_an_article_without_an_address_shares_none(stored: Database) -> None:
    add_entries(stored, "one", entry("a", url=None), entry("b", url=None))
    with stored.writing() as session:
        keep(session, 1)
        keep(session, 2)
    assert keys(stored) == set()
    assert sharing(stored, 1) == {}


def test_whoever_shares_an_address_is_found_by_the_index(stored: Database) -> None:
    plan = "EXPLAIN QUERY PLAN" if stored.is_sqlite else "EXPLAIN"
    asked = "SELECT article_id, kind FROM second_key WHERE key = 'k' AND outlet = 'o' AND article_id <> 1 LIMIT 5"
    with stored.engine.connect() as connection:
        if not stored.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # an empty table is read whole otherwise
        told = " ".join(str(row) for row in connection.execute(text(f"{plan} {asked}")))
    assert "ix_second_key_key_outlet" in told


def test_the_limits_of_shared_urls_are_five_in_an_outlet_and_twenty_elsewhere() -> None:
    assert (MAX_IN_OUTLET, MAX_UNTRUSTED) == (5, 20)


def test_the_strongest_link_of_two_articles_counts_whichever_url_is_read_first(stored: Database) -> None:
    add_entries(stored, "one", entry("x", url="https://one.example/x"), entry("y", url="https://one.example/y"))
    for kinds in ((AliasKind.CLAIMED, AliasKind.LINKED), (AliasKind.LINKED, AliasKind.CLAIMED)):
        with stored.writing() as session:
            for article_id in (1, 2):
                shared = [
                    AliasKey(key=key, kind=kind, believed=True) for key, kind in zip(("//a", "//b"), kinds, strict=True)
                ]
                article_aliases.set_aliases(session, session.get_one(Article, article_id), shared)
        assert sharing(stored, 1) == {2: AliasStrength.CONFIRMED}


def test_aliases_that_stay_are_left_and_those_that_changed_are_written_anew(stored: Database) -> None:
    add_entries(stored, "one", entry("a", url=None))

    def hold(*held: tuple[str, AliasKind, bool]) -> set[tuple[int, str, str, bool]]:
        with stored.writing() as session:
            article = session.get_one(Article, 1)
            aliases = [AliasKey(key=key, kind=kind, believed=believed) for key, kind, believed in held]
            article_aliases.set_aliases(session, article, aliases)
        return keys(stored)

    a, b = ("//a", AliasKind.LINKED, True), ("//b", AliasKind.SERVED, True)
    assert hold(a, b) == {(1, "//a", "linked", True), (1, "//b", "served", True)}
    assert hold(a, b) == {(1, "//a", "linked", True), (1, "//b", "served", True)}
    assert hold(("//a", AliasKind.CLAIMED, True), ("//b", AliasKind.SERVED, False)) == {
        (1, "//a", "claimed", True),
        (1, "//b", "served", False),
    }
    assert hold(("//b", AliasKind.SERVED, False)) == {(1, "//b", "served", False)}
    with stored.writing() as session:
        article_aliases.delete_aliases(session, 2)
    assert keys(stored) != set()
    with stored.writing() as session:
        article_aliases.delete_aliases(session, 1)
    assert keys(stored) == set()


def test_the_hosts_of_the_feeds_that_carry_an_article(stored: Database) -> None:
    url = "https://one.example/a"
    with stored.writing() as session:
        for name in ("one", "two"):
            feed_row(session, name).outlet = "Herald"
    for feed, uid in (("one", "a"), ("one", "b"), ("two", "c")):
        add_entries(stored, feed, entry(uid, url=url))
    add_entries(stored, "two", entry("d", url=f"{url}/other"))
    with stored.reading() as session:
        assert article_aliases.feed_hosts(session, 1) == {"one.example", "two.example"}
        other = row_id(session.scalar(select(col(Article.id)).where(col(Article.url) == f"{url}/other")))
        assert article_aliases.feed_hosts(session, other) == {"two.example"}
