"""Resolves link posts: entries that point to an article elsewhere, with a discussion at the feed's own site.

Observations
    - Link feeds name the article and the discussion in different places. Hacker News and Lobsters link to the article,
      and to the discussion in ``comments``. Reddit links to the discussion; an anchor ``[link]`` in the text leads to
      the article. Link blogs have the article as ``alternate`` and their own page as ``related`` (Atom), or their page
      as ``url`` and the article as ``external_url`` (JSON Feed). A post of Mastodon or Bluesky has no title, and shows
      the article's URL in its text. Techmeme repeats its headline as an anchor to the article.
    - The text of such an entry is made by a program ("Points: 12"), or is a remark of a few words.
    - Some outlets have their feed on one domain and their pages on another. Planets link to the pages of blogs, with
      the whole text.

Theory of operation
    - A link is at home if its host is that of the feed or of the site that the feed names.
    - An entry with a link to elsewhere and a discussion at another host is a link post. So is an entry at home that
      names one article elsewhere, in one of the ways above; if only an anchor in its text does so, most entries of the
      document must. ``url`` becomes the article, ``comments_url`` the discussion, and ``summary`` the remark, if there
      is one; the publisher's text stays as ``content``.
    - An entry with more than ``LONGEST_REMARK`` words of its own is an article, and stays at home. With a ``source``,
      they are the words of that source, and the entry keeps its link.
    - Without such evidence an entry stays as it is. That its page is another site's is considered when the canonical
      copy is chosen (``dedup.canonical``).

Known exceptions
    - An article behind a redirect, such as a link of Google News, is known only when its page is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aggregator.extraction.words import words
from aggregator.model.parsing import ParsedFeed
from aggregator.parsing.sanitise import markup_text
from aggregator.parsing.unsanitised_entry import EMPTY_MARKUP, Markup, UnsanitisedEntry, UnsanitisedFeed
from aggregator.parsing.urls import normalise_url
from aggregator.polling.host_identity import host_key
from aggregator.text_folding import fold_text

LONGEST_REMARK = 60
"""The most words of a link post's own; an entry with more is an article that links."""
SHORTEST_REMARK = 5
"""A remark with fewer words is made by a program ("submitted by")."""

_LONGEST_MARKUP = 20_000
"""Characters of the longest text that is searched for a link; longer ones are articles."""
_LONGEST_TEXT = 1_500
"""Characters of the longest text that can be a remark with the headlines and names of some links."""
_ANCHOR = re.compile(
    r"<a\b[^<>]{0,2000}?\bhref\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'<>]{1,2000}))[^<>]{0,2000}>(.*?)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
_URL = re.compile(r"https?://[^\s<>\"']{4,2000}", re.IGNORECASE)
_LABEL = re.compile(r"#?\s*\b\w+(?: URL)?:\s*\d*")
_TAG_ANCHOR = re.compile(r"\b(?:mention|hashtag)\b|\brel\s*=\s*[\"']?tag\b", re.IGNORECASE)
_MEDIA_FILE = re.compile(r"\.(?:avif|gif|gifv|jpe?g|mov|mp3|mp4|png|webm|webp)$", re.IGNORECASE)
_SAME_SERVICE = {"reddit.com": frozenset({"redd.it", "redditmedia.com"})}
"""Other domains of a service with entries that link to its own pictures and videos."""


class _Home:
    """The hosts of a feed and of the site that it names."""

    def __init__(self, feed: ParsedFeed, url: str) -> None:
        hosts = {host_key(address) for address in (url, feed.site_url) if address}
        self._hosts = hosts.union(*(_SAME_SERVICE.get(host, ()) for host in hosts))
        self._known: dict[str, bool] = {}

    def has(self, url: str) -> bool:
        """True if a normalised URL is on one of these hosts."""
        name = url.split("/", 3)[2]
        if name not in self._known:
            self._known[name] = host_key(url) in self._hosts
        return self._known[name]


@dataclass(frozen=True, slots=True)
class _Anchor:
    url: str
    text: str
    is_tag: bool


def resolve_link_posts(document: UnsanitisedFeed, *, url: str) -> UnsanitisedFeed:
    """Returns the document with its link posts resolved; ``url`` is the URL of the feed after redirects."""
    home = _Home(document.feed, url)
    entries = document.entries_by_uid
    outside = [host_key(entry.url) for entry in entries.values() if entry.url and not home.has(entry.url)]
    links_elsewhere = len(set(outside)) > 1 and 2 * len(outside) > len(entries)
    resolved = {uid: _resolve(entry, home, links_elsewhere=links_elsewhere) for uid, entry in entries.items()}
    by_habit = {
        uid for uid, entry in resolved.items() if entry is not entries[uid] and _is_by_habit(entries[uid], home)
    }
    if 2 * len(by_habit) < len(entries):
        resolved |= {uid: entries[uid] for uid in by_habit}
    return replace(document, entries_by_uid=resolved)


def _is_by_habit(entry: UnsanitisedEntry, home: _Home) -> bool:
    """True for an entry at home with a title, if only anchors in its text name the article.

    One such entry may be an article of a few words that links; a feed in which most entries are so is a link feed.
    """
    text = max(entry.content.text, entry.summary.text, key=len)
    is_named = bool(entry.external_links) or "[link]" in text or _has_no_title(entry, text)
    return entry.url is not None and home.has(entry.url) and not is_named


def _resolve(entry: UnsanitisedEntry, home: _Home, *, links_elsewhere: bool) -> UnsanitisedEntry:
    if entry.source and entry.title.endswith(suffix := f" - {entry.source}"):
        entry = replace(entry, title=entry.title.removesuffix(suffix))
    if entry.url is None:
        return entry
    markup = max(entry.content, entry.summary, key=lambda text: len(text.text))
    is_at_home = home.has(entry.url)
    article = _article_elsewhere(entry, markup, home) if is_at_home else entry.url
    discussion = entry.url if is_at_home else _discussion(entry, home, links_elsewhere=links_elsewhere)
    if article is None or discussion is None:
        return entry
    remark, length = _own_words(entry, markup)
    if length > LONGEST_REMARK:
        is_essay = entry.source is None and (entry.comments_url or entry.related_links) and home.has(discussion)
        return replace(entry, url=discussion, anchor="") if is_essay else entry
    summary = Markup.of_text(remark) if remark else EMPTY_MARKUP
    anchor = "" if is_at_home else entry.anchor
    return replace(entry, url=article, anchor=anchor, comments_url=discussion, summary=summary, content=markup)


def _discussion(entry: UnsanitisedEntry, home: _Home, *, links_elsewhere: bool) -> str | None:
    """Returns the page of the discussion of an article elsewhere, or the entry's own page."""
    if entry.comments_url:
        elsewhere = host_key(entry.comments_url) != host_key(entry.url or "")
        return entry.comments_url if elsewhere else None
    own_pages = [*entry.related_links, *([entry.guid] if links_elsewhere else [])]
    return next((page for link in own_pages if (page := normalise_url(link)) and home.has(page)), None)


def _article_elsewhere(entry: UnsanitisedEntry, markup: Markup, home: _Home) -> str | None:
    """Returns the one article elsewhere that an entry at home points to."""
    if external := next((link for link in entry.external_links if _is_article(link, home)), None):
        return external
    if not _may_name_article(entry, markup.text):
        return None
    anchors = list(_anchors(markup.text, entry.url or ""))
    outside = [anchor for anchor in anchors if not anchor.is_tag and _is_article(anchor.url, home)]
    named = {anchor.url for anchor in outside if anchor.text == "[link]"} or {
        anchor.url for anchor in outside if entry.title and _is_headline(anchor.text, entry.title)
    }
    if not named and (_has_no_title(entry, markup.text) or _own_words(entry, markup)[1] < SHORTEST_REMARK):
        named = {anchor.url for anchor in outside if _shows_url(anchor)} | set(_bare_urls(markup.text, home))
    return named.pop() if len(named) == 1 else None


def _may_name_article(entry: UnsanitisedEntry, markup: str) -> bool:
    """False for an entry that certainly has too many words, or no URL: a check for the many that are no link posts."""
    if len(markup) > _LONGEST_MARKUP or "://" not in markup:
        return False
    return len(entry.words) <= _LONGEST_TEXT or "[link]" in markup


def _anchors(markup: str, base: str) -> Iterator[_Anchor]:
    for match in _ANCHOR.finditer(markup):
        url = normalise_url((match[1] or match[2] or match[3] or "").replace("&amp;", "&"), base=base)
        if url:
            is_tag = _TAG_ANCHOR.search(match.group()[: match.start(4) - match.start()]) is not None
            yield _Anchor(url=url, text=markup_text(match[4]), is_tag=is_tag)


def _bare_urls(markup: str, home: _Home) -> Iterator[str]:
    text = markup_text(_ANCHOR.sub(" ", markup))
    urls = (normalise_url(match.group().rstrip(".,;:!?)")) for match in _URL.finditer(text))
    return (url for url in urls if url and _is_article(url, home))


def _is_article(url: str, home: _Home) -> bool:
    return not home.has(url) and not _MEDIA_FILE.search(url.partition("?")[0])


def _is_headline(text: str, title: str) -> bool:
    """True if an anchor is the entry's title, which may have the outlet's name behind it."""
    anchor, headline = fold_text(text).strip(), fold_text(title).strip()
    return len(words(anchor)) > 2 and (anchor == headline or headline.startswith(f"{anchor} ("))


def _shows_url(anchor: _Anchor) -> bool:
    """True if an anchor's text is its URL; Mastodon shortens it."""
    shown = "".join(anchor.text.split()).rstrip("\u2026.").partition("://")
    bare = (shown[2] or shown[0]).removeprefix("www.").lower()
    return "." in bare and anchor.url.partition("://")[2].removeprefix("www.").lower().startswith(bare.rstrip("/"))


def _has_no_title(entry: UnsanitisedEntry, markup: str) -> bool:
    """True if an entry has no title, or its text as a title, whole or shortened; a commit has a line of its text."""
    title = fold_text(entry.title)
    if not title:
        return True
    beginning = title.rstrip("\u2026. ")
    text = fold_text(entry.words)
    is_shortened = title.endswith("...") and text.startswith(beginning) and "<pre" not in markup
    return is_shortened or text.rstrip(". ") == beginning


def _own_words(entry: UnsanitisedEntry, markup: Markup) -> tuple[str, int]:
    """Returns the remark of an entry, and the number of its words outside anchors.

    The remark is "" if a program made it: anchors and labels, such as counts or the names of outlets.
    """
    if len(markup.text) > _LONGEST_MARKUP:
        text = entry.words or markup_text(markup.text)
        return text, len(words(text))
    bare = len(words(_LABEL.sub(" ", _URL.sub(" ", markup_text(_ANCHOR.sub(" ", markup.text))))))
    remark = _URL.sub("", markup_text(_ANCHOR.sub(_shown_in_remark, markup.text))).strip()
    is_made = bare < SHORTEST_REMARK or 2 * bare < len(words(remark))
    return "" if is_made else remark, bare


def _shown_in_remark(anchor: re.Match[str]) -> str:
    """Returns the text of an anchor, without anchors that only lead to the article."""
    shown = markup_text(anchor[4])
    is_url = "." in shown and " " not in shown
    return "" if is_url or shown.startswith("[") else shown
