"""An address binds a text to a part of itself, and never to another text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedup.judge import judge
from aggregator.dedup.prepared_text import prepare_text
from aggregator.dedup.same_address import AliasVerdict, TextPart, apply_alias
from aggregator.dedup.thresholds import Thresholds
from aggregator.model.dedup import AliasStrength, Evidence, Relation, Verdict
from tests.reports import CHINESE, GERMAN, HARBOUR, LOCAL, RIVAL, cut, document, edited, invented, weather

LONG = f"{HARBOUR}\n{RIVAL}\n{LOCAL}\n{GERMAN}"
TEASER = "The old harbour crane of Vessley will be taken down in June after engineers found cracks in both of its legs."
HEADLINE = "Harbour crane of Vessley comes down"
NOTICE = (
    "This article is for subscribers. Please log in or choose one of our offers to read on, it takes no time at all."
)


def bound(
    newcomer: str, candidate: str, *, tie: AliasStrength, titles: tuple[str, str] = (HEADLINE, HEADLINE)
) -> AliasVerdict:
    one, other = (
        prepare_text(document(text, article_id=number, title=title))
        for number, (text, title) in enumerate(zip((newcomer, candidate), titles, strict=True))
    )
    verdict = judge(one, other)
    found = apply_alias(verdict, one, other, tie=tie, thresholds=Thresholds())
    assert found.verdict.evidence == verdict.evidence
    assert found.verdict == verdict or found.verdict.relation is Relation.SAME_URL
    return found


TIED = [pytest.param(tie, id=tie) for tie in (AliasStrength.CONFIRMED, AliasStrength.BOTH_CLAIM_IT)]


@pytest.mark.parametrize("tie", TIED)
@pytest.mark.parametrize(
    ("newcomer", "candidate", "rule", "part"),
    [
        pytest.param(HARBOUR, HARBOUR, "one address, one text", None, id="one text"),
        pytest.param(HARBOUR, edited(HARBOUR, 40), "one address, one text", None, id="a corrected text"),
        pytest.param(
            cut(HARBOUR, 2), LONG, "one address, one text within the other", TextPart.NEWCOMER, id="a short twin comes"
        ),
        pytest.param(
            LONG, cut(HARBOUR, 2), "one address, one text within the other", TextPart.CANDIDATE, id="the whole comes"
        ),
        pytest.param(
            TEASER, HARBOUR, "one address, one text within the other", TextPart.NEWCOMER, id="a teaser of a line"
        ),
        pytest.param(
            cut(CHINESE, 1), CHINESE, "one address, one text within the other", TextPart.NEWCOMER, id="a Chinese teaser"
        ),
    ],
)
def test_a_text_and_what_holds_it_are_one_article(
    newcomer: str, candidate: str, rule: str, part: TextPart | None, tie: AliasStrength
) -> None:
    found = bound(newcomer, candidate, tie=tie)
    assert (found.verdict.relation, found.verdict.rule, found.part) == (Relation.SAME_URL, rule, part)


@pytest.mark.parametrize("tie", TIED)
@pytest.mark.parametrize(
    ("newcomer", "candidate"),
    [
        pytest.param(HARBOUR, RIVAL, id="another report"),
        pytest.param(HARBOUR, GERMAN, id="another language"),
        pytest.param(weather("Aldermouth", 14, 3, 22, 35), weather("Brinkwater", 9, -2, 41, 80), id="another town"),
        pytest.param(f"{RIVAL}\n{TEASER}", HARBOUR, id="one shared sentence"),
    ],
)
def test_another_text_is_another_article_whatever_its_page_claims(
    newcomer: str, candidate: str, tie: AliasStrength
) -> None:
    found = bound(newcomer, candidate, tie=tie)
    assert not found.verdict.relation.merges
    assert found.part is None


@pytest.mark.parametrize(
    ("newcomer", "candidate"),
    [
        pytest.param("", HARBOUR, id="no text"),
        pytest.param("Watch the crane fall.", HARBOUR, id="a caption"),
        pytest.param("", "", id="neither has a text"),
    ],
)
def test_without_a_text_to_compare_the_headline_decides(newcomer: str, candidate: str) -> None:
    one = bound(newcomer, candidate, tie=AliasStrength.CONFIRMED, titles=(HEADLINE, f"{HEADLINE} – in pictures"))
    assert (one.verdict.relation, one.part) == (Relation.SAME_URL, TextPart.NEWCOMER)
    other = bound(newcomer, candidate, tie=AliasStrength.CONFIRMED, titles=("Lottery: 7 and 12", "Lottery: 7 and 13"))
    assert not other.verdict.relation.merges


def test_one_notice_in_place_of_two_texts_makes_them_no_article() -> None:
    assert not bound(
        NOTICE, NOTICE, tie=AliasStrength.CONFIRMED, titles=(HEADLINE, "Baths open again")
    ).verdict.relation.merges


def test_without_a_text_two_claims_to_a_third_page_say_nothing() -> None:
    assert not bound("", "", tie=AliasStrength.BOTH_CLAIM_IT).verdict.relation.merges


@pytest.mark.parametrize(
    ("titles", "one"),
    [
        pytest.param(("Live", "Live"), True, id="one short headline"),
        pytest.param(("Live", "Live from the harbour of Vessley"), False, id="a word that stands in many headlines"),
        pytest.param(("", HEADLINE), False, id="no headline"),
        pytest.param(("", ""), False, id="no headlines"),
    ],
)
def test_headlines_of_few_words_must_be_equal(titles: tuple[str, str], one: bool) -> None:
    assert bound("", HARBOUR, tie=AliasStrength.CONFIRMED, titles=titles).verdict.relation.merges is one


TEXTS = st.sampled_from(["", TEASER, NOTICE, cut(HARBOUR, 2), HARBOUR, LONG, RIVAL, CHINESE])


@given(TEXTS, TEXTS)
def test_a_reason_to_look_leaves_the_verdict_to_the_texts(one: str, other: str) -> None:
    found = bound(one, other, tie=AliasStrength.MUST_COMPARE)
    assert found.part is None
    assert found.verdict.relation is not Relation.SAME_URL


@given(TEXTS, TEXTS, st.sampled_from(AliasStrength))
def test_who_came_first_does_not_matter_but_for_who_is_the_part(one: str, other: str, tie: AliasStrength) -> None:
    forth, back = bound(one, other, tie=tie), bound(other, one, tie=tie)
    assert (forth.verdict.relation, forth.verdict.rule) == (back.verdict.relation, back.verdict.rule)
    assert (forth.part is None) == (back.part is None)


def applied(
    verdict: Verdict,
    *,
    words: tuple[int, int] = (40, 60),
    titles: tuple[str, str] = ("One two three", "One two three"),
    tie: AliasStrength = AliasStrength.CONFIRMED,
) -> AliasVerdict:
    newcomer, candidate = (
        prepare_text(document(invented(f"{name}:{count}"), title=title))
        for name, count, title in zip("ab", words, titles, strict=True)
    )
    return apply_alias(verdict, newcomer, candidate, tie=tie, thresholds=Thresholds())


def verdict_of(relation: Relation, shorter: float) -> Verdict:
    return Verdict(relation=relation, rule="rule", evidence=Evidence(shorter=shorter, longer=0.1, shared=9))


@pytest.mark.parametrize(
    ("relation", "shorter", "titles", "is_part"),
    [
        pytest.param(Relation.EXCERPT, 0.1, ("One", "Two"), True, id="an excerpt under any headline"),
        pytest.param(Relation.RELATED, 0.75, ("One two three", "One two three"), True, id="three quarters of the text"),
        pytest.param(Relation.RELATED, 0.7499, ("One two three", "One two three"), False, id="less"),
        pytest.param(Relation.RELATED, 0.75, ("One two three", "One two four"), False, id="another headline"),
        pytest.param(Relation.RELATED, 0.75, ("One two three", "One two three four"), True, id="a longer headline"),
        pytest.param(Relation.RELATED, 0.75, ("One two three four", "One two three"), True, id="a shorter headline"),
        pytest.param(Relation.RELATED, 0.75, ("One two", "One two three"), False, id="two words of a headline"),
        pytest.param(Relation.RELATED, 0.75, ("One two", "One two"), True, id="one headline of two words"),
        pytest.param(Relation.DIFFERENT, 0.9, ("One two three", "One two three"), False, id="a different text"),
    ],
)
def test_a_part_is_an_excerpt_or_mostly_covered_under_one_headline(
    relation: Relation, shorter: float, titles: tuple[str, str], is_part: bool
) -> None:
    verdict = verdict_of(relation, shorter)
    same = Verdict(relation=Relation.SAME_URL, rule="one address, one text within the other", evidence=verdict.evidence)
    for words, part in (((40, 60), TextPart.NEWCOMER), ((60, 40), TextPart.CANDIDATE), ((40, 40), TextPart.NEWCOMER)):
        expected = AliasVerdict(verdict=same, part=part) if is_part else AliasVerdict(verdict=verdict)
        assert applied(verdict, words=words, titles=titles) == expected
    unchanged = AliasVerdict(verdict=verdict)
    assert applied(verdict, titles=titles, tie=AliasStrength.MUST_COMPARE) == unchanged


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((19, 60), TextPart.NEWCOMER),
        ((60, 19), TextPart.CANDIDATE),
        ((19, 19), TextPart.NEWCOMER),
        ((20, 60), None),
        ((60, 20), None),
    ],
)
def test_a_text_of_fewer_than_twenty_words_is_known_by_its_headline(
    words: tuple[int, int], part: TextPart | None
) -> None:
    verdict = verdict_of(Relation.DIFFERENT, 0.0)
    same = Verdict(relation=Relation.SAME_URL, rule="one address, one headline", evidence=verdict.evidence)
    expected = AliasVerdict(verdict=same, part=part) if part else AliasVerdict(verdict=verdict)
    assert applied(verdict, words=words) == expected
    assert applied(verdict, words=words, tie=AliasStrength.BOTH_CLAIM_IT) == AliasVerdict(verdict=verdict)
    assert applied(verdict, words=words, titles=("One two three", "Four")) == AliasVerdict(verdict=verdict)


def test_copies_by_text_are_one_article_and_no_part() -> None:
    for relation in (Relation.SAME_URL, Relation.EXACT, Relation.NEAR_COPY):
        verdict = verdict_of(relation, 0.9)
        same = Verdict(relation=Relation.SAME_URL, rule="one address, one text", evidence=verdict.evidence)
        assert applied(verdict, titles=("One", "Two")) == AliasVerdict(verdict=same, part=None)


def test_a_link_post_is_a_part_of_the_article_that_it_links_to() -> None:
    one, other = (prepare_text(document(invented(f"{name}:40"), title="t")) for name in "ab")
    different, copy = verdict_of(Relation.DIFFERENT, 0.0), verdict_of(Relation.NEAR_COPY, 0.9)
    same = Verdict(relation=Relation.SAME_URL, rule="it links to that article", evidence=different.evidence)
    link, thresholds = AliasStrength.LINK_POST, Thresholds()
    for newcomer_links, part in ((True, TextPart.NEWCOMER), (False, TextPart.CANDIDATE)):
        found = apply_alias(different, one, other, tie=link, thresholds=thresholds, newcomer_links=newcomer_links)
        assert found == AliasVerdict(verdict=same, part=part)
        copied = apply_alias(copy, one, other, tie=link, thresholds=thresholds, newcomer_links=newcomer_links)
        assert copied == AliasVerdict(verdict=copy)
    by_default = apply_alias(different, one, other, tie=link, thresholds=thresholds)
    assert by_default.part is TextPart.CANDIDATE
