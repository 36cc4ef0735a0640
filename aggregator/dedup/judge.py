"""Judges whether two articles are copies of one text.

Applies the rules in order. The first rule that decides gives the verdict and its name. ``text_overlap`` measures what
is shared, ``value_conflicts`` what differs, and ``thresholds`` says how much is enough. ``story_assignment`` decides
what the verdicts mean for a story.
"""

from __future__ import annotations

from aggregator.dedup.prepared_text import PreparedText, prepare_text
from aggregator.dedup.text_overlap import CoveredTokens, Overlap, find_overlap, longest_chain, tokens_covered_by
from aggregator.dedup.thresholds import Thresholds
from aggregator.dedup.value_conflicts import SlotComparison, compare_slots
from aggregator.model.dedup import Evidence, JudgedText, Relation, Verdict

LONGEST_PASSAGE = 160
"""Most characters of the passage that the evidence quotes."""

DEFAULT = Thresholds()


def judge(a: JudgedText | PreparedText, b: JudgedText | PreparedText, *, thresholds: Thresholds = DEFAULT) -> Verdict:
    """Returns the verdict on two articles; their order changes only the quoted passage.

    Pass prepared texts (see ``prepare_text``) when one is judged against many.
    """
    first = a if isinstance(a, PreparedText) else prepare_text(a)
    second = b if isinstance(b, PreparedText) else prepare_text(b)
    if first.exact == second.exact:
        return _judge_equal(first, second, thresholds)
    if min(first.words, second.words) < thresholds.fewest_words:
        return Verdict(relation=Relation.DIFFERENT, rule="too short to compare")
    shorter, longer = sorted((first, second), key=lambda text: (len(text.tokens.words), text.exact))
    overlap = find_overlap(shorter, longer)
    if overlap is None:
        return Verdict(relation=Relation.DIFFERENT, rule="nothing shared")
    return _judge_overlapping(shorter, longer, overlap, thresholds, quoted=first)


def _judge_equal(a: PreparedText, b: PreparedText, thresholds: Thresholds) -> Verdict:
    count = len(a.tokens.words)
    evidence = Evidence(
        shorter=1.0,
        longer=1.0,
        shared=count,
        passage=a.tokens.quote(0, count, longest=LONGEST_PASSAGE),
        left_out=_left_out(a, b),
    )
    same_outlet = a.document.outlet == b.document.outlet
    if a.words < thresholds.exact_words:
        return Verdict(relation=Relation.DIFFERENT, rule="equal but too short", evidence=evidence)
    if a.words < thresholds.fewest_words and a.title != b.title:
        return Verdict(relation=Relation.DIFFERENT, rule="equal stub under another title", evidence=evidence)
    if same_outlet and a.words < thresholds.exact_short and _shared_title(a, b) < thresholds.exact_titles:
        return Verdict(relation=Relation.DIFFERENT, rule="equal stub under another title", evidence=evidence)
    return Verdict(relation=Relation.EXACT, rule="equal text", evidence=evidence)


def _shared_title(a: PreparedText, b: PreparedText) -> float:
    return len(a.title & b.title) / max(1, min(len(a.title), len(b.title)))


def _judge_overlapping(
    shorter: PreparedText, longer: PreparedText, overlap: Overlap, thresholds: Thresholds, *, quoted: PreparedText
) -> Verdict:
    same_outlet = shorter.document.outlet == longer.document.outlet
    covered, covered_longer = _share(overlap.shorter), _share(overlap.longer)
    shared = int(overlap.shorter.sum())
    if covered < thresholds.related:
        evidence = Evidence(shorter=covered, longer=covered_longer, shared=shared)
        return Verdict(relation=Relation.DIFFERENT, rule="little shared", evidence=evidence)
    slots = compare_slots(shorter, longer)
    evidence = Evidence(
        shorter=covered,
        longer=covered_longer,
        shared=shared,
        passage=_passage(shorter, overlap, quoted=quoted),
        conflicts=slots.conflicts,
        passage_at=_passage_at(shorter, overlap, first=quoted),
        left_out=_left_out(shorter, longer),
    )
    if _is_template(slots, shared / _tokens_per_word(shorter), thresholds, same_outlet=same_outlet):
        return Verdict(relation=Relation.DIFFERENT, rule="other numbers and names", evidence=evidence)
    enough = shared >= thresholds.fewest_shared * _tokens_per_word(shorter)
    chain = tokens_covered_by(longest_chain(overlap.runs), shorter, longer)
    ordered = _share(chain[0])
    heads = (_head(shorter, chain[0], thresholds), _head(longer, chain[1], thresholds))
    run = sum(run.length for run in overlap.runs) / len(overlap.runs) / _tokens_per_word(shorter)
    if not same_outlet and enough and _is_revision(evidence, thresholds, ordered=ordered, begin=min(heads), run=run):
        return Verdict(relation=Relation.NEAR_COPY, rule="revised copy across outlets", evidence=evidence)
    if covered < (thresholds.within if same_outlet else thresholds.across) or not enough:
        return Verdict(relation=Relation.RELATED, rule="shared passages", evidence=evidence)
    if ordered < thresholds.in_order:
        return Verdict(relation=Relation.RELATED, rule="shared passages in another order", evidence=evidence)
    if run < thresholds.run:
        return Verdict(relation=Relation.RELATED, rule="shared phrases", evidence=evidence)
    if covered_longer < (thresholds.longer_within if same_outlet else thresholds.longer_across):
        return Verdict(relation=Relation.EXCERPT, rule="small part of the longer text", evidence=evidence)
    if not _begin_alike(evidence, thresholds, heads=heads, same_outlet=same_outlet):
        return Verdict(relation=Relation.EXCERPT, rule="other lead", evidence=evidence)
    rule = "near copy within one outlet" if same_outlet else "near copy across outlets"
    return Verdict(relation=Relation.NEAR_COPY, rule=rule, evidence=evidence)


def _is_template(slots: SlotComparison, shared: float, thresholds: Thresholds, *, same_outlet: bool) -> bool:
    """Returns True if the texts share words but not values: too many conflicts for ``shared`` words."""
    count = len(slots.conflicts)
    if count * thresholds.words_per_conflict <= shared:
        return False
    if same_outlet or count >= thresholds.slots_differing * slots.aligned:
        return True
    # if every noun has a capital, or none has, the number of names says little about the number of values
    differing = slots.numbers_differing
    return differing >= thresholds.fewest_differing and differing >= thresholds.numbers_differing * slots.numbers


def _begin_alike(evidence: Evidence, thresholds: Thresholds, *, heads: tuple[float, float], same_outlet: bool) -> bool:
    """Returns True if both texts begin with what they share, or share so much that one can have its own lead.

    ``heads`` are the covered shares of the beginning of the shorter and of the longer text.
    """
    if evidence.shorter >= thresholds.sure and evidence.longer >= thresholds.sure_longer:
        return True
    if not same_outlet and any(
        covered >= thresholds.lead_own and begin >= thresholds.lead_taken
        for covered, begin in ((evidence.shorter, heads[1]), (evidence.longer, heads[0]))
    ):
        return True
    mutual = min(evidence.shorter, evidence.longer) >= thresholds.mutual
    return min(heads) >= (thresholds.lead_rewritten if mutual else thresholds.lead_share)


def _is_revision(evidence: Evidence, thresholds: Thresholds, *, ordered: float, begin: float, run: float) -> bool:
    """Returns True if the texts are two versions of one report, of which a third can be new."""
    return (
        evidence.shorter >= thresholds.revised * thresholds.across
        and evidence.longer >= thresholds.revised_longer
        and ordered >= thresholds.revised_in_order
        and begin >= thresholds.revised_lead
        and run >= thresholds.revised_run
    )


def _head(text: PreparedText, covered: CoveredTokens, thresholds: Thresholds) -> float:
    """Returns the covered share of the beginning of a text."""
    return _share(covered[: round(thresholds.lead_words * _tokens_per_word(text))])


def _tokens_per_word(text: PreparedText) -> float:
    """Returns the tokens per word: 1 if words are tokens, up to 8/5 if characters are. Thresholds are in words."""
    return len(text.tokens.words) / text.words


def _passage(shorter: PreparedText, overlap: Overlap, *, quoted: PreparedText) -> str:
    start, _ = _passage_at(shorter, overlap, first=quoted)
    return quoted.tokens.quote(start, start + overlap.longest.length, longest=LONGEST_PASSAGE)


def _passage_at(shorter: PreparedText, overlap: Overlap, *, first: PreparedText) -> tuple[int, int]:
    run = overlap.longest
    return (run.shorter, run.longer) if first is shorter else (run.longer, run.shorter)


def _left_out(a: PreparedText, b: PreparedText) -> int:
    return len(a.tokens.left_out) + len(b.tokens.left_out)


def _share(marks: CoveredTokens) -> float:
    return float(marks.mean())
