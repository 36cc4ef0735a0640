"""Renders a digest as a web page.

One self-contained document: it includes the stylesheet, has no script, and fetches nothing from other servers until a
reader follows a link. ``web`` makes its other pages with the same layout, through ``page_templates``. This is the only
module that imports the template library.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aggregator.model.publishing import DigestPage
from aggregator.publishing import date_formats, digest_urls, entry_content
from aggregator.publishing.xml_writer import legal_text

_PACKAGE = "aggregator.publishing"
_STYLESHEET = files(_PACKAGE).joinpath("templates", "style.css").read_text(encoding="utf-8")

STYLE_SOURCE = f"'sha256-{b64encode(sha256(_STYLESHEET.encode()).digest()).decode()}'"
"""The hash of the stylesheet for the Content-Security-Policy (CSP Level 3 section 2.3.1)."""


def page_templates(*packages: str) -> Environment:
    """Loads the templates of these packages and the shared layout, with functions of ``entry_content`` as filters.

    Every template needs ``root``, the prefix of links inside this service.
    """
    loader = ChoiceLoader([PackageLoader(package) for package in (*packages, _PACKAGE)])
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["stylesheet"] = Markup(_STYLESHEET)  # noqa: S704  # our own file
    environment.filters.update(
        excerpt=entry_content.excerpt,
        headline=entry_content.headline,
        one_line=entry_content.one_line,
        carriers=entry_content.first_copies,
        discussions=entry_content.discussions,
        credit_line=entry_content.credit_sentence,
        bylines=entry_content.byline_names,
        language_tag=entry_content.language_tag,
        story_path=digest_urls.story_path,
        issue_path=digest_urls.issue_path,
        html_path=digest_urls.html_path,
        machine_time=date_formats.rfc3339,
        readable=date_formats.readable_time,
    )
    environment.tests["web_url"] = entry_content.is_web_url
    return environment


_TEMPLATES = page_templates()


def render_html(
    page: DigestPage, *, root: str | None = None, digests: tuple[str, ...] = (), static: bool = False
) -> bytes:
    """Renders the page as an HTML document in UTF-8.

    ``root`` is the prefix of links to this service. Without it, the page's ``base_url`` is used, so that the document
    works as a file; the service passes its mount path. ``digests`` are the names of all digests, for the navigation.
    A ``static`` page links to the articles, because only the service has pages of stories.
    """
    own = digest_urls.html_path(page.name)
    html = _TEMPLATES.get_template("digest.html").render(
        page=page,
        root=page.base_url.rstrip("/") if root is None else root,
        digests=digests,
        static=static,
        own=own,
        own_query=digest_urls.page_query(token=page.token),
        paging=dict(digest_urls.paging_links(page, own)),
        feeds=[
            (
                feed_format.name.capitalize() if feed_format is digest_urls.FeedFormat.ATOM else feed_format.name,
                feed_format.media_type,
                digest_urls.feed_path(page.name, feed_format) + digest_urls.page_query(token=page.token),
            )
            for feed_format in digest_urls.FeedFormat
        ],
    )
    return legal_text(html).encode()
