"""What do people read in an entry: headline, text, and who else carried it?

These are the words every format shares, so that Atom, RSS, JSON Feed and the web page say the same.
It trusts ``StoryView.html`` to be sanitised and escapes everything else. How a format wraps the words
is that format's.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

from aggregator.agencies import same_house
from aggregator.model.parsing import Enclosure
from aggregator.model.publishing import CopyView, StoryView
from aggregator.publishing.date_formats import readable
from aggregator.publishing.xml_writer import legal_text

SUMMARY_LENGTH = 280

_ANY_FILE = "application/octet-stream"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def digest_title(name: str, title: str | None) -> str:
    """What a digest is called: its title, else its name as words."""
    return one_line(title or "") or name.replace("-", " ").replace("_", " ").capitalize()


def one_line(text: str) -> str:
    """The text as one line of legal characters, white space collapsed."""
    return " ".join(legal_text(text).split())


def words_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Names or labels as single lines, in order, without empty ones and repetitions."""
    return tuple(dict.fromkeys(line for text in texts if (line := one_line(text))))


def is_web_url(url: str) -> bool:
    """Whether this may become a link: an http or https URL, never ``javascript:`` and its like."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def language_tag(story: StoryView) -> str | None:
    """The story's language if it has the form of a language tag (RFC 5646), else None."""
    return story.language if story.language and _LANGUAGE.fullmatch(story.language) else None


def excerpt(text: str, limit: int = SUMMARY_LENGTH) -> str:
    """The beginning of a text as one line of at most ``limit`` characters, cut between words."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[:limit]
    space = cut.rfind(" ")
    # Scripts that put no spaces between words, and very long words, are cut where the limit falls.
    kept = cut[:space] if space > limit // 2 else cut[:-1]
    return kept.rstrip(" ,;:–—-") + "…"


def headline(story: StoryView) -> str:
    """The title of the story; where a publisher gave none, the beginning of its text."""
    return one_line(story.title) or excerpt(story.text, 80) or one_line(story.lead.url)


def bylines(story: StoryView) -> tuple[str, ...]:
    """Who wrote it: the named authors, or the outlet whose copy leads; never empty."""
    return words_of(story.authors) or words_of((story.lead.outlet,)) or ("Unnamed",)


def carriers(story: StoryView) -> tuple[CopyView, ...]:
    """The first copy of each outlet, in the order of the copies: the lead's comes first."""
    firsts: dict[str, CopyView] = {}
    for copy in story.copies:
        firsts.setdefault(copy.outlet, copy)
    return tuple(firsts.values())


def is_origin(copy: CopyView, credit: str | None) -> bool:
    """Whether the copy's outlet is the agency the story credits."""
    return credit is not None and same_house(copy.outlet, credit)


def other_links(story: StoryView) -> tuple[tuple[str, CopyView], ...]:
    """Each copy but the lead with its link relation: ``via`` for the credited origin's, else ``related``.

    A URL is named once, and never if it is the lead's, which the ``alternate`` link already is.
    """
    links: dict[str, tuple[str, CopyView]] = {}
    origin_unlinked = not is_origin(story.lead, story.credit)
    for copy in story.copies[1:]:
        if copy.url == story.lead.url or copy.url in links:
            continue
        relation = "via" if origin_unlinked and is_origin(copy, story.credit) else "related"
        links[copy.url] = (relation, copy)
        origin_unlinked = origin_unlinked and relation == "related"
    return tuple(links.values())


def link_title(copy: CopyView) -> str:
    """What a link to a copy is called: ``Outlet: Headline``."""
    return ": ".join(words_of((copy.outlet, copy.title)))


def credit_line(story: StoryView) -> str | None:
    """``Credit: AP, carried by 7 outlets``, or None for a story that names no origin."""
    credit = one_line(story.credit or "")
    if not credit:
        return None
    outlets = len(carriers(story))
    return f"Credit: {credit}" if outlets == 1 else f"Credit: {credit}, carried by {outlets} outlets"


def story_body(story: StoryView) -> str:
    """The story's text as HTML: as extracted, or paragraphs made from the plain text."""
    if html := legal_text(story.html).strip():
        return html
    return paragraphs(story.text)


def paragraphs(text: str) -> str:
    """Plain text as HTML, one paragraph for each of its lines."""
    lines = (one_line(line) for line in text.splitlines())
    return "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)


def story_content(story: StoryView) -> str:
    """The whole story as the HTML of an entry: what was updated, the text, the credit and the other outlets."""
    return _closed(story, story_body(story))


def summary_content(story: StoryView) -> str:
    """The same with only the beginning of the text."""
    return _closed(story, f"<p>{escape(excerpt(story.text))}</p>" if story.text.strip() else "")


def closing_lines(story: StoryView) -> str:
    """The same without the text; "" when there is nothing else to say."""
    return "\n".join((*_small(_updated(story)), *_small(*_closing(story))))


def _closed(story: StoryView, body: str) -> str:
    closing = _small(*_closing(story))
    return "\n".join((*_small(_updated(story)), body, *(("<hr>",) if closing else ()), *closing))


def _updated(story: StoryView) -> str | None:
    note = one_line(story.update_note)
    return f"Updated {readable(story.updated_at)}: {escape(note)}." if note else None


def _closing(story: StoryView) -> tuple[str | None, ...]:
    credit = credit_line(story)
    return f"{escape(credit)}." if credit else None, _also_carried_by(story)


def _small(*lines: str | None) -> tuple[str, ...]:
    return tuple(f"<p><small>{line}</small></p>" for line in lines if line)


def _also_carried_by(story: StoryView) -> str | None:
    outlets = [_outlet_link(copy) for copy in carriers(story)[1:]]
    if not outlets:
        return None
    listed = outlets[0] if len(outlets) == 1 else f"{', '.join(outlets[:-1])} and {outlets[-1]}"
    return f"Also carried by {listed}."


def _outlet_link(copy: CopyView) -> str:
    name = escape(one_line(copy.outlet))
    if not is_web_url(copy.url):
        return name
    return f'<a href="{escape(legal_text(copy.url))}" title="{escape(one_line(copy.title))}">{name}</a>'


def file_type(enclosure: Enclosure) -> str:
    """The media type of a file for formats that require one: that of any file where none is said, or none legal."""
    return legal_text(enclosure.media_type or "").strip() or _ANY_FILE
