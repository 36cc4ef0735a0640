"""Compares the parts of two texts: pictures, players, links, formulas, code lines, list items, table cells, words.

Independent of the program. ``html_parts`` lists the parts of a text; ``loss_reasons`` explains the loss of those that
are nothing for a reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit


class Kind(StrEnum):
    """The kinds of parts."""

    PICTURE = "pictures"
    LABEL = "labels"
    DRAWING = "drawings"
    PLAYER = "players"
    LINK = "links"
    ANCHOR = "anchors"
    FORMULA = "formulas"
    CODE_LINE = "code lines"
    LIST_ITEM = "list items"
    CHECKBOX = "checkboxes"
    CELL = "table cells"
    WORD = "words"
    FILE = "files"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of a text.

    ``names`` are the addresses or texts of which one must be found again, ``label`` describes the part for a person.
    ``reason`` says why a reader loses nothing without it, "" if a reader would.
    """

    kind: Kind
    names: frozenset[str]
    label: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """The parts of a text.

    ``addresses`` are all addresses in it, to which a reader can go or which are loaded; ``letters`` is its visible
    text without white space, formulas and alternative texts included.
    """

    parts: tuple[Part, ...] = ()
    addresses: frozenset[str] = frozenset()
    letters: str = ""

    def count(self, kind: Kind) -> int:
        """Counts the parts of a kind."""
        return sum(part.kind is kind for part in self.parts)

    def __add__(self, other: Inventory) -> Inventory:
        """Joins the parts of two texts."""
        return Inventory(
            parts=self.parts + other.parts,
            addresses=self.addresses | other.addresses,
            letters=f"{self.letters}\n{other.letters}",
        )


_WINDOWS_1252 = {
    bytes([number]).decode("cp1252"): number
    for number in range(0x80, 0xA0)
    if number not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_ENCODED_TWICE = re.compile(f"[\xc2-\xf4][\x80-\xbf{''.join(_WINDOWS_1252)}]+")
"""UTF-8 that was taken for Windows-1252 and encoded again."""
_CUT_A_GRAVE = re.compile(r"(?<=\w)Ã(?=\s)")
"""The same for an "à" of which the second byte became a space."""
_LINE_END = re.compile("[\t\r\n]")
_LETTERS = re.compile(r"\w+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\u2060\ufeff]")
"""Characters that XML forbids, and invisible ones: no reader misses them."""


def missing_parts(written: Inventory, shown: Inventory) -> Iterator[Part]:
    """Yields the parts of one text that are not in the other.

    Pictures, players and links are found by their addresses, also where they became another element. Formulas are
    found as elements or by their letters, labels (alternative texts and captions) by their letters. List items and
    table cells are counted, code lines and words compared.
    """
    endings = {ending for address in shown.addresses for ending in address_endings(address)}
    for part in written.parts:
        if part.kind is Kind.PICTURE and not part.names & shown.addresses:
            yield part
        if part.kind is Kind.FILE and endings.isdisjoint(end for name in part.names for end in address_endings(name)):
            yield part
        if part.kind is Kind.LINK and not part.names & shown.addresses:
            yield part
        if part.kind is Kind.PLAYER and not part.names & endings:
            yield part
        if part.kind is Kind.LABEL and not _has_letters(part, shown):
            yield part
    for kind, is_found in _COUNTED.items():
        yield from _fewer(kind, written, shown, is_found)
    for kind in (Kind.CODE_LINE, Kind.WORD):
        yield from _not_repeated(kind, written, shown)


def letters_of(text: str) -> str:
    """Returns the letters and digits of a text, without what separates them."""
    return "".join(_LETTERS.findall(as_meant(text)))


def words_of(text: str) -> Iterator[Part]:
    """Yields the words of a text in lower case."""
    for word in _LETTERS.findall(as_meant(text).lower()):
        yield Part(kind=Kind.WORD, names=frozenset({word}), label=word)


def as_meant(text: str) -> str:
    """Removes invisible characters, and decodes letters that a publisher encoded twice."""
    return _CUT_A_GRAVE.sub("à", _ENCODED_TWICE.sub(_decode_once_more, _CONTROLS.sub("", text)))


def _decode_once_more(run: re.Match[str]) -> str:
    try:
        return bytes(_WINDOWS_1252.get(letter, ord(letter) & 0xFF) for letter in run[0]).decode("utf-8")
    except UnicodeDecodeError:
        return run[0]


def address_key(address: str, *, base: str = "") -> str:
    """Returns an address in the form in which addresses are compared: without scheme, escapes and upper case."""
    try:
        parts = urlsplit(urljoin(base, _LINE_END.sub("", address.strip())))
    except ValueError:
        return address.strip().lower()
    if parts.scheme not in ("http", "https", ""):
        return f"{parts.scheme}:{parts.path}"[:200]
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return unquote(f"{parts.netloc}{parts.path.rstrip('/')}{query}{fragment}".replace("+", "%20")).lower().strip()


def address_endings(address: str) -> Iterator[str]:
    """Yields the key of an address and the ids in it: a player and the page of its video have the id in common."""
    yield address
    try:
        parts = urlsplit(f"//{address}")
    except ValueError:
        return
    if parts.path.rstrip("/").endswith("/embed"):
        yield address.partition("/embed")[0]
    *_, last = pieces = [piece.partition("&")[0] for piece in parts.path.split("/")]
    yield from (piece for piece in pieces if len(piece) >= 6 and (piece is last or any(map(str.isdigit, piece))))
    for _, value in parse_qsl(parts.query):
        if len(value) >= 6:
            yield value.lower()
            yield address_key(value)


def _fewer(
    kind: Kind, written: Inventory, shown: Inventory, is_found: Callable[[Part, Inventory], bool]
) -> Iterator[Part]:
    """Yields as many parts as the other text has fewer, those first that are not found in it otherwise."""
    own = [part for part in written.parts if part.kind is kind]
    lost = len(own) - shown.count(kind)
    if lost <= 0:
        return
    for part in sorted(own, key=lambda part: (is_found(part, shown), not part.reason))[:lost]:
        if kind is not Kind.FORMULA or not is_found(part, shown):
            yield part


def _has_equal(part: Part, shown: Inventory) -> bool:
    return any(other.kind is part.kind and other.names == part.names for other in shown.parts)


def _has_letters(part: Part, shown: Inventory) -> bool:
    return all(name in shown.letters for name in part.names)


_COUNTED: Mapping[Kind, Callable[[Part, Inventory], bool]] = {
    Kind.LIST_ITEM: _has_equal,
    Kind.CELL: _has_equal,
    Kind.CHECKBOX: _has_equal,
    Kind.ANCHOR: _has_equal,
    Kind.DRAWING: _has_equal,
    Kind.FORMULA: _has_letters,
}


def _not_repeated(kind: Kind, written: Inventory, shown: Inventory) -> Iterator[Part]:
    """Yields the parts that the other text does not have as often."""
    left = Counter(part.names for part in shown.parts if part.kind is kind)
    for part in written.parts:
        if part.kind is kind:
            left[part.names] -= 1
            if left[part.names] < 0:
                yield part
