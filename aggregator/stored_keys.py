"""Derives keys that the database stores.

Stored rows are found by these keys, so the result for a given input must never change.
"""

from __future__ import annotations

import hashlib
import re

from aggregator.settings.feeds_file import StorySelection


def without_scheme(url: str) -> str:
    """Returns a normalised URL as ``//host/path``, so that its http and https forms are equal."""
    return url.partition(":")[2]


_SESSION_IN_PATH = re.compile(r";[a-z]*sess(?:ion)?_?id=[^/;]*", re.IGNORECASE)
_SESSION_NAME = re.compile(r"[a-z]*sess(?:ion)?_?id|oscsid|zenid|cfid|cftoken", re.IGNORECASE)
_SHORT_SESSION_NAME = re.compile(r"s|sid", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-z]{20,}", re.IGNORECASE)
"""Old forums name a session ``s`` or ``sid``; with a short value these names may select a document."""


def link_key(url: str) -> str:
    """Returns the form of a normalised URL that stays when a publisher only respells its links.

    http or https, ``www.``, a slash at the end and the id of a session do not count, nor does a fragment other than
    a ``#!`` route. The key is compared, never requested: it proves nothing across outlets.
    """
    address, mark, fragment = without_scheme(url).partition("#")
    path, _, query = address.partition("?")
    path = _SESSION_IN_PATH.sub("", path).rstrip("/")
    host = path.removeprefix("//www.")
    path = f"//{host}" if host != path and "." in host.partition("/")[0] else path
    pairs = "&".join(pair for pair in query.split("&") if not _is_session(pair))
    return f"{path}{'?' if pairs else ''}{pairs}{mark + fragment if fragment.startswith('!') else ''}"


def _is_session(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _SESSION_NAME.fullmatch(name):
        return True
    return bool(_SHORT_SESSION_NAME.fullmatch(name) and _SESSION_VALUE.fullmatch(value))


def is_home_link(key: str) -> bool:
    """Returns True if a link key is the home page of a site, which identifies no entry."""
    return "/" not in key[2:] and "?" not in key and "#" not in key


def text_key(text: str) -> str:
    """Returns the key of a title or text, "" for an empty one: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32] if text else ""


def signed_hash(text: str) -> int:
    """Returns the first 64 bits of a text's SHA-256 as a signed integer, which fits SQL's BIGINT."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "little", signed=True)


def text_rule_key(where: StorySelection) -> str | None:
    """Returns the key of a selection's conditions on title and text; None if it has no such condition."""
    if not where.words and where.title is None and where.text is None:
        return None
    conditions = repr((where.words, str(where.title or ""), str(where.text or "")))
    return hashlib.sha256(conditions.encode("utf-8", "surrogatepass")).hexdigest()[:32]
