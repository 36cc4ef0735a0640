"""Which format is wanted?"""

from __future__ import annotations

from enum import StrEnum

from aggregator.model import DigestPage
from aggregator.publishing.atom import render_atom
from aggregator.publishing.json_feed import render_json
from aggregator.publishing.page import render_html
from aggregator.publishing.rss import render_rss


class Format(StrEnum):
    """The formats of a digest."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"
    HTML = "html"


_RENDERERS = {Format.ATOM: render_atom, Format.RSS: render_rss, Format.JSON: render_json, Format.HTML: render_html}


def render(page: DigestPage, form: Format) -> bytes:
    """A page of a digest in one format; the same page gives the same bytes."""
    return _RENDERERS[form](page)
