"""Compares four modules of our own with libraries that do the same work, on the shared corpus.

    python -m benchmarks.libraries dates           python-dateutil, dateparser
    python -m benchmarks.libraries language        py3langid, lingua-language-detector
    python -m benchmarks.libraries differences     difflib, diff-match-patch
    python -m benchmarks.libraries charsets        webencodings

Each command prints how often each reader is right, then CPU time as a ratio: ours is 1.00, and 4.00 means
four times our time. All readers take turns on the same inputs in one run, and the best of three rounds
counts. Libraries that the project does not need are installed by hand; the error message says how.
``--half`` takes only the inputs whose hash is even (a) or odd (b). ``--show N`` also prints up to N
disagreements. The decisions in ``docs/decisions`` from 19 on give the figures. Without
``../shared/corpus`` there is nothing to measure, and the exit status is 0.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import gzip
import html
import json
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from lxml import html as lxml_html
from trafilatura.utils import detect_encoding, load_html

from aggregator.extraction import article_times
from aggregator.extraction.language_detection import detect_language
from aggregator.extraction.page_encoding import decode_page
from aggregator.extraction.page_metadata import read_page_metadata
from aggregator.parsing.charset_labels import codec_for_label
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.feed_dates import parse_date
from aggregator.parsing.feed_document import parse_unsanitised
from aggregator.parsing.unsanitised_entry import UnsanitisedFeed
from aggregator.publishing.text_differences import ChangeKind, compare_texts

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
PAIR_SETS = ("allsides", "bbc", "ecbplus", "fnc", "reuters21578")
ROUNDS = 3
OURS = "ours"


def library(module: str, package: str) -> ModuleType:
    """An installed library; ends the program with the command that installs it if there is none."""
    try:
        return import_module(module)
    except ImportError:
        sys.exit(f"{module} is not installed; run: pip install {package}")


def in_half(name: str, half: str | None) -> bool:
    """True if ``name`` belongs to the half that is measured."""
    return half is None or "ab"[sha256(name.encode()).digest()[0] % 2] == half


def ratios(readers: Mapping[str, Callable[[Any], object]], inputs: Sequence[object]) -> dict[str, float]:
    """The CPU time of each reader on all inputs, divided by ours; the best of the rounds."""
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            started = time.process_time()
            for each in inputs:
                reader(each)
            best[name] = min(best[name], time.process_time() - started)
    return {name: seconds / best[OURS] for name, seconds in best.items()}


def table(rows: Sequence[Sequence[object]]) -> None:
    """Prints rows, the first one being the heads of the columns."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)))
    print()


def feeds(half: str | None) -> Iterator[tuple[dict[str, str], bytes]]:
    """The row of the manifest and the bytes of each feed document."""
    with (CORPUS / "feeds" / "manifest.csv").open(newline="") as manifest:
        for row in csv.DictReader(manifest):
            if in_half(row["file"], half):
                yield row, (CORPUS / "feeds" / row["file"]).read_bytes()


def pages(half: str | None) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """The name, the gold values and the bytes of each page."""
    for path in sorted((CORPUS / "pages").glob("*/*.json")):
        if in_half(path.stem, half):
            yield path.stem, json.loads(path.read_text()), gzip.decompress(path.with_suffix(".html.gz").read_bytes())


# Dates

DateReader = Callable[[str], datetime | None]

DATE_ELEMENT = re.compile(
    r"<(?:[\w.-]+:)?(?:pubDate|date|updated|published|issued|modified|created|lastBuildDate|expirationDate|valid)"
    r"\b[^<>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,200})|\"date_(?:published|modified)\"\s*:\s*\"([^\"]{1,200})\"",
    re.IGNORECASE,
)
RFC_5322 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|UT|GMT|[ECMP][SD]T)")
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?")
ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}


def date_readers() -> dict[str, DateReader]:
    """Each reader of dates: text to an instant in UTC, or None. The libraries get settings that guess least."""
    dateutil, dateparser = library("dateutil.parser", "python-dateutil"), library("dateparser", "dateparser")
    warnings.simplefilter("ignore")  # both warn of their own future versions
    zones = {name: hours * 3600 for name, hours in ZONES.items()}
    default = datetime(2000, 1, 1)  # noqa: DTZ001  # fills what a date leaves out; without it dateutil reads the clock
    settings = {
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "STRICT_PARSING": True,
        "PARSERS": ["timestamp", "absolute-time"],  # no relative dates, which need the clock
    }

    def by_dateutil(text: str) -> datetime | None:
        try:
            return in_utc(dateutil.parse(text, default=default, tzinfos=zones))
        except (ValueError, OverflowError, TypeError, AttributeError):
            return None

    def by_dateparser(text: str) -> datetime | None:
        try:
            return in_utc(dateparser.parse(text, settings=settings))
        except (ValueError, OverflowError):
            return None

    return {OURS: parse_date, "dateutil": by_dateutil, "dateparser": by_dateparser}


def in_utc(at: datetime | None) -> datetime | None:
    """An instant in UTC; one without a zone counts as UTC."""
    return None if at is None else (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)


def gold_date(text: str) -> datetime | None:
    """The instant by the standard library, for text that follows RFC 5322 or ISO 8601 exactly; else None."""
    try:
        if RFC_5322.fullmatch(text):
            return in_utc(parsedate_to_datetime(text))
        return in_utc(datetime.fromisoformat(text)) if ISO_8601.fullmatch(text) else None
    except ValueError:
        return None


def feed_dates(half: str | None) -> list[str]:
    """The distinct texts of all date elements in the feeds."""
    found: dict[str, None] = {}
    for _, body in feeds(half):
        for element, value in DATE_ELEMENT.findall(decode_document(body, content_type=None).text):
            if text := html.unescape(element or value).strip():
                found[text] = None
    return list(found)


def page_trees(half: str | None) -> Iterator[tuple[dict[str, Any], lxml_html.HtmlElement]]:
    """The gold values and a fresh tree of each page with a known date."""
    for _, gold, body in pages(half):
        source = decode_page(body, content_type=None, guess=detect_encoding)
        if gold.get("date") and (tree := load_html(source)) is not None:
            yield gold, tree


def page_days(readers: Mapping[str, DateReader], half: str | None) -> tuple[list[str], dict[str, Counter[str]]]:
    """The date texts that the pages gave to our reader, and for each reader the pages whose day is right.

    Each reader takes the place of ``parse_date`` in the module that finds the dates of a page.
    """
    texts: dict[str, None] = {}
    counts: dict[str, Counter[str]] = {name: Counter() for name in readers}

    def noted(text: str) -> datetime | None:
        texts[text.strip()[:100]] = None
        return parse_date(text)

    for name, reader in readers.items():
        with patch.object(article_times, "parse_date", noted if name == OURS else reader):
            for gold, tree in page_trees(half):
                found = read_page_metadata(tree, url=gold["url"]).published_at
                off = None if found is None else days_between(gold["date"], found)
                counts[name].update({"pages": 1, "exact": off == 0, "within one": off in (0, 1), "none": off is None})
    return [text for text in texts if text], counts


def days_between(gold: str, found: datetime) -> int:
    """Whole days between two dates, by the publisher's calendar where both have a time and a zone."""
    right = datetime.fromisoformat(gold)
    if right.tzinfo is not None and found.time() != datetime.min.time():
        found = found.astimezone(right.tzinfo)
    return abs((right.date() - found.date()).days)


def measure_dates(half: str | None, show: int) -> None:
    """Prints the figures of decision 19."""
    readers = date_readers()
    page_texts, days = page_days(readers, half)
    for title, texts in (("date texts of feeds", feed_dates(half)), ("date texts of pages", page_texts)):
        gold = {text: right for text in texts if (right := gold_date(text)) is not None}
        others = [text for text in texts if text not in gold]
        cost = ratios(readers, texts)
        print(f"{title}: {len(texts)} distinct, {len(gold)} with a gold value")
        rows: list[tuple[object, ...]] = [
            ("", "right", "wrong", "unread", "| rest: as ours", "differs", "only ours", "only it", "CPU")
        ]
        for name, reader in readers.items():
            read = Counter(verdict(reader(text), right) for text, right in gold.items())
            rest = Counter(verdict(reader(text), parse_date(text)) for text in others)
            row = [read[key] for key in ("right", "wrong", "unread")]
            row += [rest[key] for key in ("right", "wrong", "unread", "extra")]
            rows.append((name, *row, f"{cost[name]:.2f}"))
        table(rows)
        print_disagreements(readers, texts, gold, show)
    print("pages with a known date, by the day that is found")
    columns = ("pages", "exact", "within one", "none")
    table([("", *columns), *((name, *(count[column] for column in columns)) for name, count in days.items())])


def verdict(read: datetime | None, right: datetime | None) -> str:
    """One value against another: right, wrong, unread (it has none) or extra (the other has none)."""
    if read == right:
        return "right"
    return "unread" if read is None else "extra" if right is None else "wrong"


def print_disagreements(
    readers: Mapping[str, DateReader], texts: Sequence[str], gold: Mapping[str, datetime], show: int
) -> None:
    """Prints up to ``show`` texts of different shape on which a reader differs from the gold value or from ours."""
    shapes: set[str] = set()
    for text in texts:
        found = {name: reader(text) for name, reader in readers.items()}
        shape = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text)) + str([at is None for at in found.values()])
        if len({*found.values(), gold.get(text, found[OURS])}) > 1 and shape not in shapes and len(shapes) < show:
            shapes.add(shape)
            print(f"  {text[:70]!r}: {', '.join(f'{name} {at}' for name, at in found.items())}")


# Language

LANGUAGES_OF_COUNTRIES = {
    "at": "de", "au": "en", "be": "nl", "ca": "en", "ch": "de", "de": "de", "es": "es", "fr": "fr", "gl": "da",
    "il": "de", "isl": "is", "it": "it", "jp": "ja", "kr": "ko", "li": "de", "ls": "en", "my": "en", "no": "no",
    "py": "de", "ru": "ru", "se": "sv", "tr": "tr", "tw": "en", "uk": "en", "us": "en", "za": "en",
}  # fmt: skip
LANGUAGES_OF_PUBLISHERS = {
    "MallorcaZeitung": "de", "TheJapanNews": "en",
    "Dizindaba": "xh", "EyethuNews": "zu", "Ilanga": "zu", "Isolezwe": "zu",
}  # fmt: skip
"""The language of each publisher of the fundus set; a person read each page that a reader disputes."""

CLAIM = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
TAGS = re.compile(r"<[^>]*>")
ONE_CODE = {"nb": "no", "nn": "no"}
LENGTHS = (40, 80, 160, 300, 1000, 4000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A text, its language, and what its page claims."""

    name: str
    text: str
    language: str
    claims: tuple[str, ...] = ()


def measure_language(half: str | None, show: int) -> None:
    """Prints the figures of decision 20."""
    py3langid, lingua = library("py3langid", "py3langid"), library("lingua", "lingua-language-detector")
    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def by_lingua(text: str) -> str | None:
        found = detector.detect_language_of(text[:1000])
        return None if found is None else str(found.iso_code_639_1.name).lower()

    readers: dict[str, Callable[[str], str | None]] = {
        OURS: lambda text: detect_language((), text),
        "py3langid": lambda text: str(py3langid.classify(text[:1000])[0]),
        "lingua": by_lingua,
    }
    publishers = list(publisher_texts(half))
    sets = {
        **{f"pages, {size} characters": shortened(publishers, size) for size in LENGTHS},
        "pairs": list(pair_texts(half)),
        "feed entries": list(entry_texts(half)),
    }
    rows: list[tuple[object, ...]] = [("text alone", "texts", *(f"{name} right/wrong/none" for name in readers))]
    for title, texts in sets.items():
        cells = []
        for name, reader in readers.items():
            read = Counter(language_verdict(reader(each.text), each.language) for each in texts)
            cells.append(f"{read['right']}/{read['wrong']}/{read['none']}")
            if name == OURS:
                print_languages(title, texts, reader, show)
        rows.append((title, len(texts), *cells))
    table(rows)
    read = Counter(language_verdict(detect_language(each.claims, each.text), each.language) for each in publishers)
    print(f"ours with the page's claim: right {read['right']}, wrong {read['wrong']}, none {read['none']}")
    cost = ratios(readers, [each.text for each in publishers])
    print("CPU " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in cost.items()))


def language_verdict(read: str | None, right: str) -> str:
    """A language that was read against the right one: right, wrong or none."""
    primary = (read or "").split("-")[0]
    return "none" if read is None else "right" if ONE_CODE.get(primary, primary) == right else "wrong"


def print_languages(title: str, texts: Sequence[Labelled], reader: Callable[[str], str | None], show: int) -> None:
    """Prints up to ``show`` texts whose language our reader says otherwise."""
    wrong = [(each, found) for each in texts if language_verdict(found := reader(each.text), each.language) == "wrong"]
    for each, found in wrong[:show]:
        print(f"  {title}, {each.name}: {each.language}, found {found}: {each.text[:60]!r}")


def shortened(texts: Sequence[Labelled], size: int) -> list[Labelled]:
    """The beginnings of texts; one that is shorter stays as it is."""
    return [Labelled(name=each.name, text=each.text[:size], language=each.language) for each in texts]


def publisher_texts(half: str | None) -> Iterator[Labelled]:
    """The articles of the fundus set, by the language of their publisher."""
    for name, gold, body in pages(half):
        if publisher := gold.get("publisher"):
            language = LANGUAGES_OF_PUBLISHERS.get(publisher) or LANGUAGES_OF_COUNTRIES[name.split("_")[0]]
            claim = CLAIM.search(body[:20_000])
            claims = (claim[1].decode("ascii", "replace"),) if claim else ()
            yield Labelled(name=name, text=gold["text"], language=language, claims=claims)


def pair_texts(half: str | None) -> Iterator[Labelled]:
    """The documents of the pair sets."""
    for name in PAIR_SETS:
        for line in (CORPUS / "pairs" / f"{name}.jsonl").read_text().splitlines():
            document = json.loads(line)
            if in_half(document["id"], half):
                yield Labelled(name=document["id"], text=document["text"], language=document["lang"])


def entry_texts(half: str | None) -> Iterator[Labelled]:
    """Up to twenty entries of each feed that declares a language; a feed may declare a wrong one."""
    for row, body in feeds(half):
        language = re.split("[-_]", row["lang"].lower())[0]
        feed = parse_unsanitised(body, url="https://example.org/feed", content_type=None)
        if len(language) != len("en") or language == "us" or not isinstance(feed, UnsanitisedFeed):
            continue
        for draft in list(feed.sanitised().entries)[:20]:
            text = " ".join(f"{draft.title or ''} {TAGS.sub(' ', draft.content or draft.summary or '')}".split())
            if len(text) >= LENGTHS[0]:
                yield Labelled(name=row["file"], text=text, language=language)


# Differences

Runs = list[tuple[ChangeKind, list[str]]]
"""Runs of words in reading order. The word ``END`` ends a paragraph."""

END = "\n"
WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]+"
)
LABELS = {2: "copies", 1: "debatable", 0: "different texts"}


def words_of(text: str) -> list[str]:
    """The words of a text with the ends of its paragraphs."""
    lines = (WORD.findall(line) for line in text.splitlines())
    return [word for line in lines if line for word in (*line, END)]


def our_runs(pair: tuple[str, str]) -> Runs:
    """The runs of our alignment."""
    runs: Runs = []
    for paragraph in compare_texts(*pair).paragraphs:
        runs += [(span.change, WORD.findall(span.text)) for span in paragraph.spans]
        sides = {span.change for span in paragraph.spans}
        runs.append((paragraph.spans[0].change if len(sides) == 1 else ChangeKind.KEPT, [END]))
    return runs


def difflib_runs(pair: tuple[str, str]) -> Runs:
    """The runs of difflib over all words of both texts."""
    lead, copy = map(words_of, pair)
    runs: Runs = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, lead, copy, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append((ChangeKind.KEPT, lead[i1:i2]))
        else:
            runs += [(ChangeKind.ONLY_IN_LEAD, lead[i1:i2]), (ChangeKind.ONLY_IN_COPY, copy[j1:j2])]
    return runs


def patch_runs_by(module: ModuleType) -> Callable[[tuple[str, str]], Runs]:
    """The runs of diff-match-patch, each word given as one character, without its time limit."""
    matcher = module.diff_match_patch()
    matcher.Diff_Timeout = 0
    changes = {0: ChangeKind.KEPT, -1: ChangeKind.ONLY_IN_LEAD, 1: ChangeKind.ONLY_IN_COPY}

    def runs_of(pair: tuple[str, str]) -> Runs:
        lead, copy = map(words_of, pair)
        known = list(dict.fromkeys(lead + copy))
        characters = {word: chr(0x100 + number) for number, word in enumerate(known)}
        found = matcher.diff_main(
            "".join(map(characters.__getitem__, lead)), "".join(map(characters.__getitem__, copy))
        )
        matcher.diff_cleanupSemantic(found)
        return [(changes[side], [known[ord(char) - 0x100] for char in part]) for side, part in found]

    return runs_of


def measure_differences(half: str | None, show: int) -> None:
    """Prints the figures of decision 21."""
    module = library("diff_match_patch", "diff-match-patch")
    readers = {OURS: our_runs, "difflib": difflib_runs, "diff-match-patch": patch_runs_by(module)}
    texts = {each.name: each.text for each in pair_texts(None)}
    lines = (CORPUS / "pairs" / "gold_pairs.jsonl").read_text().splitlines()
    gold = [pair for line in lines if in_half((pair := json.loads(line))["a"] + pair["b"], half)]
    for label, title in LABELS.items():
        pairs = [(texts[pair["a"]], texts[pair["b"]]) for pair in gold if pair["label"] == label]
        cost = ratios(readers, pairs)
        columns = ("exact", "words", "kept", "changes", "one word kept", "across paragraphs")
        rows: list[tuple[object, ...]] = [("", *columns, "CPU", "slowest pair, ms")]
        for name, reader in readers.items():
            counts: Counter[str] = Counter()
            slowest = 0.0
            for pair in pairs:
                started = time.process_time()
                runs = reader(pair)
                slowest = max(slowest, time.process_time() - started)
                counts.update(seen_in(runs, *map(words_of, pair)))
            rows.append((name, *(counts[column] for column in columns), f"{cost[name]:.2f}", round(slowest * 1000)))
        print(f"{title}: {len(pairs)} pairs")
        table(rows)
        for pair in pairs[:show]:
            for name, reader in readers.items():
                print(f"  {name}: {' '.join(shown(change, part) for change, part in reader(pair))[:600]}")


def shown(change: ChangeKind, part: Sequence[str]) -> str:
    """A run for a terminal: removed words in [-…-], added ones in {+…+}."""
    text = " ".join(part).replace(END, "¶")
    return (
        text if change is ChangeKind.KEPT else f"[-{text}-]" if change is ChangeKind.ONLY_IN_LEAD else f"{{+{text}+}}"
    )


def plain(words: Sequence[str]) -> list[str]:
    """The words without the ends of paragraphs; our alignment divides a paragraph of more than 800 words."""
    return [word for word in words if word != END]


def seen_in(runs: Runs, lead: list[str], copy: list[str]) -> dict[str, int]:
    """The counts of one pair: whether the runs give both texts back, and what a reader has to look at.

    A change is what stands between two kept runs. It runs across paragraphs if it begins inside one
    paragraph and goes on into the next.
    """
    leads = [word for change, part in runs if change is not ChangeKind.ONLY_IN_COPY for word in part]
    copies = [word for change, part in runs if change is not ChangeKind.ONLY_IN_LEAD for word in part]
    parts = [(change, word) for change, part in runs for word in part]
    groups = [(kept, list(group)) for kept, group in groupby(parts, key=lambda each: each[0] is ChangeKind.KEPT)]
    kept_runs = [[word for _, word in group] for kept, group in groups if kept]
    across = 0
    for before, (kept, group) in zip([None, *groups], groups, strict=False):
        begins_inside = before is not None and before[1][-1][1] != END
        sides = [[word for change, word in group if change is side] for side in ChangeKind]
        across += not kept and begins_inside and any(END in side[:-1] for side in sides)
    return {
        "exact": plain(leads) == plain(lead) and plain(copies) == plain(copy),
        "words": len(lead),
        "kept": sum(map(len, kept_runs)),
        "changes": sum(not kept for kept, _ in groups),
        "one word kept": sum(len(run) == 1 and run != [END] for run in kept_runs[1:-1]),
        "across paragraphs": across,
    }


# Charset labels

LABEL = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
SAME_DECODER = {"gbk": "gb18030"}
"""Encodings that the Encoding Standard decodes as another (section 10.1.1)."""

IN_BYTES = ("utf-16", "replacement", "x-user-defined")
"""Encodings that a label does not choose: the bytes show UTF-16, and the other two are no charsets."""


def measure_charsets(half: str | None, show: int) -> None:
    """Prints the figures of decision 22."""
    webencodings = library("webencodings", "webencodings")
    standard: Mapping[str, str] = library("webencodings.labels", "webencodings").LABELS

    def by_webencodings(label: str) -> str | None:
        found = webencodings.lookup(label)
        return None if found is None else str(found.codec_info.name)

    readers = {OURS: codec_for_label, "webencodings": by_webencodings}
    labels = [label for label, name in standard.items() if not name.startswith(IN_BYTES) and in_half(label, half)]
    rows: list[tuple[object, ...]] = [("", "right", "wrong", "unknown")]
    for name, reader in readers.items():
        found = {label: reader(label) for label in labels}
        right = {label: meant_codec(by_webencodings(label)) for label in labels}
        counts = Counter(
            "unknown" if found[label] is None else "right" if found[label] == right[label] else "wrong"
            for label in labels
        )
        rows.append((name, counts["right"], counts["wrong"], counts["unknown"]))
        missed = [f"{label} ({found[label]})" for label in labels if found[label] != right[label]]
        if show and missed:
            print(f"  {name}: {', '.join(missed[:show])}")
    print(f"labels of the Encoding Standard: {len(labels)}")
    table(rows)
    declared = Counter(label.lower() for label in declared_labels(half))
    differing = {label: count for label, count in declared.items() if codec_for_label(label) != by_webencodings(label)}
    print(
        f"declared in feeds and pages: {declared.total()}, {len(declared)} different, {len(differing)} read differently"
    )
    for label in differing:
        found_by = ", ".join(f"{name} {reader(label)}" for name, reader in readers.items())
        print(f"  {label}, {declared[label]} times: {found_by}")
    cost = ratios(readers, labels * 50)
    print("CPU " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in cost.items()))


def meant_codec(name: str | None) -> str | None:
    """The Python codec that decodes as the standard says."""
    return SAME_DECODER.get(name or "", name)


def declared_labels(half: str | None) -> Iterator[str]:
    """The labels that the documents declare in their first bytes."""
    bodies = [body for _, body in feeds(half)] + [body for _, _, body in pages(half)]
    for body in bodies:
        if found := LABEL.search(body[:8192]):
            yield found[1].decode("ascii")


MEASURES = {
    "dates": measure_dates,
    "language": measure_language,
    "differences": measure_differences,
    "charsets": measure_charsets,
}


def main() -> int:
    """Runs one comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    subjects = parser.add_subparsers(dest="subject", required=True)
    for name, measure in MEASURES.items():
        subject = subjects.add_parser(name, help=measure.__doc__)
        subject.add_argument("--half", choices=("a", "b"), help="one half of the inputs")
        subject.add_argument("--show", type=int, default=0, metavar="N", help="print up to N disagreements")
    arguments = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"nothing to measure: {CORPUS} is absent", file=sys.stderr)
        return 0
    MEASURES[arguments.subject](arguments.half, arguments.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
