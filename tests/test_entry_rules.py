"""What the keep and drop rules say of an entry."""

from __future__ import annotations

import pytest

from aggregator.entry_rules import FeedRules, rules_of
from aggregator.settings.feeds_file import EntryRule, FeedSettings
from aggregator.settings.settings_file import Configuration
from aggregator.text_patterns import TextPattern
from tests.loops import loop_over
from tests.stored import entry


@pytest.mark.parametrize(
    ("keep", "drop", "expected"),
    [
        pytest.param([], [], None, id="no rules keep everything"),
        pytest.param([], [EntryRule(tag="Sport")], "drop tag: Sport", id="a category in any case"),
        pytest.param([], [EntryRule(title=TextPattern("(?i)cup"))], "drop title: (?i)cup", id="a word of the title"),
        pytest.param(
            [], [EntryRule(text=TextPattern("penalties"))], "drop text: penalties", id="a word of the content"
        ),
        pytest.param([], [EntryRule(text=TextPattern("strong"))], None, id="markup is not text"),
        pytest.param([EntryRule(title=TextPattern("Climate"))], [], "no keep rule matches", id="nothing to keep it"),
        pytest.param([EntryRule(title=TextPattern("Cup"))], [], None, id="something to keep it"),
        pytest.param(
            [EntryRule(title=TextPattern("Cup"))], [EntryRule(tag="sport")], "drop tag: sport", id="drop outdoes keep"
        ),
    ],
)
def test_which_rule_keeps_an_entry_out(keep: list[EntryRule], drop: list[EntryRule], expected: str | None) -> None:
    item = entry(title="Cup final", content="<p>Won on <strong>penalties</strong>.</p>", categories=("SPORT",))
    rules = FeedRules(keep=(tuple(keep),) if keep else (), drop=tuple((f"drop {rule}", rule) for rule in drop))
    assert rules.apply_rules(item).dropped_by == expected


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        pytest.param(EntryRule(words=("sea level",)), True, id="a phrase across a line end, in any case"),
        pytest.param(EntryRule(words=("se", "ea level")), False, id="no parts of words"),
        pytest.param(EntryRule(words=("glacier", "気候")), True, id="a script without spaces has no edges of words"),
        pytest.param(EntryRule(author=TextPattern("^Ida")), True, id="an author"),
        pytest.param(EntryRule(url=TextPattern("/sport/")), False, id="not the address"),
        pytest.param(EntryRule(url=TextPattern("/coast/")), True, id="the address"),
    ],
)
def test_what_a_rule_matches(rule: EntryRule, matches: bool) -> None:
    item = entry(
        title="Dykes of Vessley",
        content="<p>The SEA\nLevel, 気候変動</p>",
        url="https://a.example/coast/1",
        authors=("Ida Brandt",),
    )
    assert (FeedRules(drop=(("it", rule),)).apply_rules(item).dropped_by == "it") is matches


@loop_over(
    ("rule", "title", "content", "matches"),
    [
        (EntryRule(words=("zürich",)), "Zu\u0308rich brennt", "", True),
        (EntryRule(words=("zu\u0308rich",)), "ZÜRICH brennt", "", True),
        (EntryRule(words=("don't panic",)), "Don\u2019t panic now", "", True),
        (EntryRule(words=("don\u2019t panic",)), "Don't panic now", "", True),
        (EntryRule(words=("don't",)), "We don\u2019ts", "", False),
        (EntryRule(words=("sea level",)), "", "<p>the sea&nbsp;level</p>", True),
        (EntryRule(words=("R&D",)), "", "<p>Spending on R&amp;D</p>", True),
        (EntryRule(words=("harbour",)), "", "<p><span>H</span>arb<wbr>our</p>", True),
        (EntryRule(words=("harbour",)), "", "<ul><li>harb</li><li>our</li></ul>", False),
        (EntryRule(words=("<br>",)), "Why <br> is fine", "", True),
        (EntryRule(words=("\uff26erry",)), "Ferry", "", True),
        (EntryRule(tag="Caf\u00e9"), "", "", True),
        (EntryRule(title=TextPattern("Z\u00fcrich$")), "Zu\u0308rich", "", True),
        (EntryRule(title=TextPattern("^Zu\u0308rich$")), "Z\u00fcrich", "", True),
        (EntryRule(title=TextPattern("Don\u2019t")), "Don't", "", True),
        (EntryRule(title=TextPattern("Don[\u2018\u2019]t")), "Don\u2019t", "", True),
        (EntryRule(title=TextPattern(r"Don\u2019t")), "Don\u2019t", "", True),
        (EntryRule(title=TextPattern("^(?!.*z\u00fcrich)")), "zu\u0308rich", "", False),
        (EntryRule(title=TextPattern("(?i)Ｆerry\u00a012")), "ferry 12", "", True),
        (EntryRule(title=TextPattern("[\uff21-\uff3a]")), "PLAIN", "", False),
        (EntryRule(title=TextPattern("[\uff21-\uff3a]")), "\uff21", "", True),
        (EntryRule(title=TextPattern("Zei\u00ad?tung")), "Zeitung", "", True),
        (EntryRule(title=TextPattern("Zei\u00adtung")), "Zei\u00adtung", "", True),
        (EntryRule(title=TextPattern("\ufb01nal")), "\ufb01nal", "", True),
        (EntryRule(title=TextPattern("final")), "\ufb01nal", "", True),
        (EntryRule(title=TextPattern("stra\u00dfe")), "strasse", "", False),
        (EntryRule(author=TextPattern("^Rene\u0301")), "", "", True),
    ],
)
def test_a_rule_finds_a_word_however_its_characters_are_encoded(
    rule: EntryRule, title: str, content: str, matches: bool
) -> None:
    item = entry(title=title, content=content, categories=("Cafe\u0301",), authors=("Ren\u00e9 Aubert",))
    assert (FeedRules(drop=(("it", rule),)).apply_rules(item).dropped_by == "it") is matches


def test_words_that_cannot_be_seen_are_refused() -> None:
    with pytest.raises(ValueError, match="a word or phrase is empty"):
        EntryRule(words=("\u200b\u00ad",))


def test_rules_for_all_feeds_hold_beside_those_of_a_feed() -> None:
    feed = FeedSettings(
        url="https://a.example/f", name="a", drop=(EntryRule(tag="tv"),), keep=(EntryRule(words=("coast",)),)
    )
    rules = rules_of(
        Configuration(feeds=(feed,), drop=(EntryRule(tag="sport"),), keep=(EntryRule(words=("ferry",)),)), "a"
    )
    assert (
        rules.apply_rules(entry(title="coast ferry", categories=("sport",))).dropped_by
        == "drop tag: sport (for all feeds)"
    )
    assert rules.apply_rules(entry(title="coast ferry", categories=("tv",))).dropped_by == "drop tag: tv"
    assert rules.apply_rules(entry(title="coast")).dropped_by == "no keep rule matches"
    assert rules.apply_rules(entry(title="coast ferry")).dropped_by is None


SLOW = EntryRule(text=TextPattern("(?:a|aa)+$"))


@pytest.mark.parametrize("rules", [FeedRules(drop=(("slow", SLOW),)), FeedRules(keep=((SLOW,),))], ids=["drop", "keep"])
def test_a_rule_that_takes_too_long_drops_nothing_and_is_told(rules: FeedRules) -> None:
    sifted = rules.apply_rules(entry(title="a" * 5_000 + "b"))
    assert (sifted.dropped_by, sifted.slow) == (None, ("text: (?:a|aa)+$",))


def test_a_run_of_angle_brackets_costs_no_more_than_its_length() -> None:
    assert (
        FeedRules(
            drop=(("it", EntryRule(text=TextPattern("end"))),),
        )
        .apply_rules(entry(content="<" * 1_000_000))
        .dropped_by
        is None
    )


def test_equal_rules_have_one_key_and_no_rules_none() -> None:
    def key(*drop: EntryRule) -> str:
        return rules_of(Configuration(drop=drop), "a").key

    assert key(EntryRule(tag="a")) == key(EntryRule(tag="a")) != key(EntryRule(tag="b"))
    assert key() == ""
