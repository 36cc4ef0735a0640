"""Writes the content of an entry: headline, text, credit, and the other outlets.

All formats share this text, so that Atom, RSS, JSON Feed and the web page agree. It expects ``StoryView.html`` to be
sanitised and escapes everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urlsplit

from aggregator.agencies import is_same_organisation
from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import CopyView, StoryView
from aggregator.publishing.date_formats import readable_time
from aggregator.publishing.player_frames import show_players
from aggregator.publishing.xml_writer import legal_text

SUMMARY_LENGTH = 280

_FILE_NAME = re.compile(r"/[^/]+\.[A-Za-z0-9]{2,5}$")
_ANY_FILE = "application/octet-stream"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def digest_title(name: str, title: str | None) -> str:
    """Returns the title of a digest, else its name as words."""
    return one_line(title or "") or name.replace("-", " ").replace("_", " ").capitalize()


def one_line(text: str) -> str:
    """Returns the text as one line of legal characters, with white space collapsed."""
    return " ".join(legal_text(text).split())


def distinct_lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Returns texts as single lines, in order, without empty ones and repetitions."""
    return tuple(dict.fromkeys(line for text in texts if (line := one_line(text))))


def is_web_url(url: str) -> bool:
    """Returns True if this is safe as a link: an http or https URL, never ``javascript:`` or similar."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def language_tag(story: StoryView) -> str | None:
    """Returns the story's language if it has the form of a language tag (RFC 5646), else None."""
    return story.language if story.language and _LANGUAGE.fullmatch(story.language) else None


def excerpt(text: str, limit: int = SUMMARY_LENGTH) -> str:
    """Returns the beginning of a text as one line of at most ``limit`` characters, cut between words."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[:limit]
    space = cut.rfind(" ")
    # scripts without spaces, and very long words, are cut at the limit
    kept = cut[:space] if space > limit // 2 else cut[:-1]
    return kept.rstrip(" ,;:–—-") + "…"


def headline(story: StoryView) -> str:
    """Returns the title of the story, which becomes the title of its entry; without one, the beginning of its text."""
    return one_line(story.title) or excerpt(story.text, 80) or one_line(story.lead.url)


def byline_names(story: StoryView) -> tuple[str, ...]:
    """Returns the named authors, or the outlet of the canonical copy; never empty."""
    return distinct_lines(story.authors) or distinct_lines((story.lead.outlet,)) or ("Unnamed",)


def first_copies(story: StoryView) -> tuple[CopyView, ...]:
    """Returns the first copy of each outlet, in the order of the copies: the canonical copy first.

    An outlet that only discusses the story does not carry it.
    """
    firsts: dict[str, CopyView] = {}
    for copy in story.copies:
        if copy is story.lead or copy.discussion_url is None:
            firsts.setdefault(copy.outlet, copy)
    return tuple(firsts.values())


def discussions(story: StoryView) -> tuple[tuple[str, CopyView], ...]:
    """Returns the pages on which the story is discussed, each once, with the link post that names it."""
    pages: dict[str, CopyView] = {}
    for copy in story.copies:
        if copy.discussion_url:
            pages.setdefault(copy.discussion_url, copy)
    return tuple(pages.items())


def discussion_title(copy: CopyView) -> str:
    """Returns the title of a link to a discussion: ``Discussed at Feed: Headline``."""
    return ": ".join(distinct_lines((f"Discussed at {copy.feed or copy.outlet}", copy.title)))


def is_credited_origin(copy: CopyView, credit: str | None) -> bool:
    """Returns True if the copy's outlet is the agency that the story credits."""
    return credit is not None and is_same_organisation(copy.outlet, credit)


def copy_links(story: StoryView) -> tuple[tuple[str, CopyView], ...]:
    """Returns every other copy with its link relation: ``via`` for the credited origin, else ``related``.

    Each URL occurs once; the URL of the canonical copy is left out, because it is the ``alternate`` link. Link posts
    are left out too: they point to the URLs of others.
    """
    links: dict[str, tuple[str, CopyView]] = {}
    origin_unlinked = not is_credited_origin(story.lead, story.credit)
    for copy in story.copies[1:]:
        if copy.url == story.lead.url or copy.url in links or copy.discussion_url:
            continue
        relation = "via" if origin_unlinked and is_credited_origin(copy, story.credit) else "related"
        links[copy.url] = (relation, copy)
        origin_unlinked = origin_unlinked and relation == "related"
    return tuple(links.values())


def link_title(copy: CopyView) -> str:
    """Returns the title of a link to a copy: ``Outlet: Headline``."""
    return ": ".join(distinct_lines((copy.outlet, copy.title)))


def credit_sentence(story: StoryView) -> str | None:
    """Returns ``Credit: AP, carried by 7 outlets``, or None for a story without a credit."""
    credit = one_line(story.credit or "")
    if not credit:
        return None
    outlets = len(first_copies(story))
    return f"Credit: {credit}" if outlets == 1 else f"Credit: {credit}, carried by {outlets} outlets"


def story_body(story: StoryView) -> str:
    """Returns the story's text as HTML, with its players: as extracted, or paragraphs of the plain text."""
    if html := legal_text(story.html).strip():
        return show_players(html)
    return paragraphs(story.text)


def paragraphs(text: str) -> str:
    """Converts plain text to HTML, one paragraph per line."""
    lines = (one_line(line) for line in text.splitlines())
    return "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)


def story_content(story: StoryView) -> str:
    """Returns the HTML of an entry with the update note, the text, the credit and the other outlets."""
    return _with_closing_lines(story, story_body(story))


def summary_content(story: StoryView) -> str:
    """Returns the HTML of an entry with only the beginning of the text."""
    return _with_closing_lines(story, f"<p>{escape(excerpt(story.text))}</p>" if story.text.strip() else "")


def link_content(story: StoryView) -> str:
    """Returns the HTML of an entry without the text; "" if nothing remains."""
    return "\n".join((*_small(_update_note(story)), *_small(*_closing(story)), *_remarks(story)))


def _with_closing_lines(story: StoryView, body: str) -> str:
    closing = (*_small(*_closing(story)), *_remarks(story))
    return "\n".join((*_small(_update_note(story)), body, *(("<hr>",) if closing else ()), *closing))


def _update_note(story: StoryView) -> str | None:
    note = one_line(story.update_note)
    return f"Updated {readable_time(story.updated_at)}: {escape(note)}." if note else None


def _closing(story: StoryView) -> tuple[str | None, ...]:
    credit = credit_sentence(story)
    return f"{escape(credit)}." if credit else None, _also_carried_by(story), _discussed_at(story)


def _small(*lines: str | None) -> tuple[str, ...]:
    return tuple(f"<p><small>{line}</small></p>" for line in lines if line)


def _also_carried_by(story: StoryView) -> str | None:
    outlets = [_outlet_link(copy) for copy in first_copies(story)[1:]]
    if not outlets:
        return None
    listed = outlets[0] if len(outlets) == 1 else f"{', '.join(outlets[:-1])} and {outlets[-1]}"
    return f"Also carried by {listed}."


def _discussed_at(story: StoryView) -> str | None:
    places = [_anchor(url, copy.feed or copy.outlet, copy.title) for url, copy in discussions(story)]
    return f"Discussed at {', '.join(places)}." if places else None


def _remarks(story: StoryView) -> Iterator[str]:
    """Yields what each link post says about the article, as a quotation."""
    for url, copy in discussions(story):
        if remark := legal_text(copy.remark).strip():
            source = f"<p><small>{_anchor(url, copy.feed or copy.outlet, copy.title)}:</small></p>"
            yield f"{source}\n<blockquote>{remark}</blockquote>"


def _outlet_link(copy: CopyView) -> str:
    return _anchor(copy.url, copy.outlet, copy.title)


def _anchor(url: str, name: str, title: str) -> str:
    shown = escape(one_line(name))
    if not is_web_url(url):
        return shown
    return f'<a href="{escape(legal_text(url))}" title="{escape(one_line(title))}">{shown}</a>'


def distinct_files(enclosures: tuple[Enclosure, ...]) -> tuple[Enclosure, ...]:
    """Returns each file once, the first of several: copies of a story often carry the same recording.

    Two URLs are the same file if they differ only in scheme, ``www.``, query and fragment, and also if one contains the
    other as the end of its path, as the prefixes of podcast statistics do.
    """
    files: dict[str, Enclosure] = {}
    for enclosure in enclosures:
        address = _file_address(enclosure.url)
        if not any(_is_same_file(address, known) for known in files):
            files[address] = enclosure
    return tuple(files.values())


def _file_address(url: str) -> str:
    address = url.partition("#")[0].partition("://")[2].removeprefix("www.")
    path, _, query = address.partition("?")
    return path if _FILE_NAME.search(path) else f"{path}?{query}"


def _is_same_file(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (longer.endswith(f"/{shorter}") and "/" in shorter)


def enclosure_type(enclosure: Enclosure) -> str:
    """Returns the media type of a file; the general binary type if it has no legal one."""
    return legal_text(enclosure.media_type or "").strip() or _ANY_FILE
