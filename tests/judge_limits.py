"""Pairs of invented texts just below and just at the limits of the judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.model.dedup import JudgedText
from tests.reports import document, invented

ACROSS, WITHIN = "near copy across outlets", "near copy within one outlet"
OTHER_VALUES, FEW_SHARED, OTHER_LEAD = "other numbers and names", "shared passages", "other lead"
REVISED = "revised copy across outlets"


def broken(own: str, runs: int, length: int, *, last: int | None = None) -> str:
    """Some shared runs of words, and after each a word of one's own."""
    names = ("abcdefgh" if own.islower() else "ABCDEFGH")[:runs]
    return " ".join(f"{name}:{length if name != names[-1] else last or length} {own}:1" for name in names)


def slots(*values: str, between: int = 8) -> str:
    """Shared words with these values between them."""
    names = "abcdefghijklmnopqrst"
    return " ".join(f"{name}:{between} ={value}" for name, value in zip(names, values, strict=False)) + f" z:{between}"


NAMES = ("Ayr", "Bray", "Cork", "Derry", "Ennis", "Foxford", "Galway")
AGREEING = (*NAMES, "70", "80", "90")


@dataclass(frozen=True, kw_only=True)
class LimitCase:
    """Two texts and the rule that decides on them."""

    one: JudgedText
    other: JudgedText
    rule: str


def limit_cases() -> Iterator[LimitCase]:
    """Gives the pairs on both sides of every limit."""
    for one, other, same, rule in _CASES:
        first = document(invented(one))
        second = document(invented(other), outlet=first.outlet if same else "two.example", article_id=2)
        yield LimitCase(one=first, other=second, rule=rule)


_CASES = (
    # one text, the other, one outlet, the rule
    ("a:19", "a:19 y:41", False, "too short to compare"),
    ("a:20", "a:20 y:41", False, FEW_SHARED),
    ("a:40", "y:40", False, "nothing shared"),
    ("a:29 x:71", "a:29 y:81", False, "little shared"),
    ("a:30 x:70", "a:30 y:80", False, FEW_SHARED),
    # at least 30 shared words
    ("a:29 x:11", "a:29 y:150", False, FEW_SHARED),
    ("a:30 x:10", "a:30 y:150", False, ACROSS),
    ("a:29 x:21", "a:29 y:50", False, FEW_SHARED),
    ("a:30 x:20", "a:30 y:50", False, REVISED),
    ("A:47 X:17", "A:47 Y:200", False, FEW_SHARED),
    ("A:48 X:16", "A:48 Y:200", False, ACROSS),
    # how much of the shorter text
    ("a:59 x:41", "a:59 y:241", False, FEW_SHARED),
    ("a:60 x:40", "a:60 y:240", False, ACROSS),
    ("a:74 x:26", "a:74 y:76", True, FEW_SHARED),
    ("a:75 x:25", "a:75 y:75", True, WITHIN),
    # how much of it in one order
    ("a:49 b:21 x:30", "b:21 a:49 y:230", False, "shared passages in another order"),
    ("a:50 b:20 x:30", "b:20 a:50 y:230", False, ACROSS),
    # how long the shared passages are on average
    (broken("x", 8, 7, last=6), broken("y", 8, 7, last=6), False, "shared phrases"),
    (broken("x", 8, 7), broken("y", 8, 7), False, ACROSS),
    (broken("X", 8, 11), broken("Y", 8, 11), False, "shared phrases"),
    (broken("X", 8, 12), broken("Y", 8, 12), False, ACROSS),
    # how much of the longer text
    ("a:60", "a:60 y:341", False, "small part of the longer text"),
    ("a:60", "a:60 y:340", False, ACROSS),
    ("a:60", "a:60 y:91", True, "small part of the longer text"),
    ("a:60", "a:60 y:90", True, WITHIN),
    # so much that the lead does not matter
    ("x:11 a:89", "y:207 a:89", False, OTHER_LEAD),
    ("x:10 a:90", "y:211 a:90", False, OTHER_LEAD),
    ("x:10 a:90", "y:210 a:90", False, ACROSS),
    ("x:10 a:90", "y:61 a:90", True, WITHIN),
    # a lead of one's own before what the other begins with
    ("x:61 a:179", "y:18 a:179 z:103", False, OTHER_LEAD),
    ("x:60 a:180", "y:19 a:180 z:101", False, OTHER_LEAD),
    ("x:60 a:180", "y:18 a:180 z:102", False, ACROSS),
    ("x:60 a:180", "y:18 a:180 z:102", True, OTHER_LEAD),
    ("y:18 a:180 z:12", "x:61 a:180", False, OTHER_LEAD),
    ("y:18 a:180 z:12", "x:60 a:180", False, ACROSS),
    ("y:19 a:180 z:12", "x:60 a:180", False, OTHER_LEAD),
    # how much of both beginnings
    ("x:46 a:80", "y:45 a:80 z:175", False, OTHER_LEAD),
    ("x:45 a:80", "y:46 a:80 z:174", False, OTHER_LEAD),
    ("x:45 a:80", "y:45 a:80 z:175", False, ACROSS),
    ("X:73 A:120", "Y:72 A:120 Z:288", False, OTHER_LEAD),
    ("X:72 A:120", "Y:72 A:120 Z:288", False, ACROSS),
    ("x:54 a:84", "y:54 a:84 z:3", False, OTHER_LEAD),
    ("x:54 a:84", "y:54 a:84 z:2", False, ACROSS),
    ("x:55 a:84", "y:54 a:84", False, OTHER_LEAD),
    # two versions of one report
    ("a:45 x:55", "a:45 y:135", False, REVISED),
    ("a:45 x:55", "a:45 y:135", True, FEW_SHARED),
    ("a:44 x:56", "a:44 y:132", False, FEW_SHARED),
    ("a:45 x:55", "a:45 y:136", False, FEW_SHARED),
    ("a:42 x:50 b:8", "b:8 a:42 y:150", False, REVISED),
    ("a:41 x:50 b:9", "b:9 a:41 y:150", False, FEW_SHARED),
    ("x:36 a:50 z:14", "a:50 y:150", False, REVISED),
    ("x:37 a:50 z:13", "a:50 y:150", False, FEW_SHARED),
    (f"{broken('x', 5, 10)} z:45", f"{broken('y', 5, 10)} u:95", False, REVISED),
    (f"{broken('x', 5, 10, last=9)} z:44", f"{broken('y', 5, 10, last=9)} u:90", False, FEW_SHARED),
    # one other value in sixty shared words
    ("a:29 =14 b:30", "a:29 =15 b:30", False, OTHER_VALUES),
    ("a:30 =14 b:30", "a:30 =15 b:30", False, REVISED),
    ("a:29 =14 b:30", "a:29 =15 b:30", True, OTHER_VALUES),
    ("a:30 =14 b:30", "a:30 =15 b:30", True, WITHIN),
    ("A:47 =14 B:48", "A:47 =15 B:48", False, OTHER_VALUES),
    ("A:48 =14 B:48", "A:48 =15 B:48", False, REVISED),
    # one other value among a few
    (slots("14", "Ayr", "Bray", "Cork"), slots("15", "Ayr", "Bray", "Cork"), False, OTHER_VALUES),
    (slots("14", *NAMES[:4]), slots("15", *NAMES[:4]), False, REVISED),
    (slots("14", *NAMES[:4]), slots("15", *NAMES[:4]), True, OTHER_VALUES),
    # three other numbers, and half of all numbers
    (slots("11", "12", "13", *AGREEING), slots("21", "22", "23", *AGREEING), False, OTHER_VALUES),
    (slots("11", "12", "13", "60", *AGREEING), slots("21", "22", "23", "60", *AGREEING), False, REVISED),
    (slots("11", "12", *NAMES), slots("21", "22", *NAMES), False, REVISED),
)
