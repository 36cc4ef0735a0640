"""Writes the digests as files, atomically, and only if their content changed.

    index.html  digest.atom  digest.rss  digest.json          the main digest
    digests/NAME/index.html  digests/NAME.atom  …             another digest
    digests/NAME/KEY/index.html                               an issue of an edition

The paths are those of the service, so a file server can replace it. Digests with an access token are not written. Later
pages and archives exist only over HTTP.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from pathlib import Path

import structlog

from aggregator.model.publishing import DigestPage
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat, feed_path, html_path, issue_path
from aggregator.publishing.feed_formats import render_feed
from aggregator.publishing.file_writer import FileNotWritten, replace_file
from aggregator.publishing.html_page import render_html
from aggregator.read_model import ReadModel
from aggregator.web.html_pages import render_issue

log = structlog.get_logger()


class StaticFiles:
    """Writes the digests of a read model into a folder."""

    def __init__(self, library: ReadModel, folder: Path) -> None:
        self._library = library
        self._folder = folder
        self._written: Hashable = None

    def write_if_changed(self) -> int:
        """Writes the files that changed and returns their number; logs a file that cannot be written."""
        version = self._library.version()
        if version == self._written:
            return 0
        written = 0
        for name in self._library.digest_names():
            page = self._library.digest(name, 1)
            if page is not None:
                written += sum(self._write(path, body) for path, body in _files(replace(page, pages=1, earlier=None)))
        self._written = version
        return written

    def _write(self, path: str, body: bytes) -> bool:
        place = self._folder / path
        try:
            if place.is_file() and place.read_bytes() == body:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_file(place, body)
        except (FileNotWritten, OSError) as error:
            log.warning("file.not_written", path=str(place), reason=str(error))
            return False
        return True


def _files(page: DigestPage) -> Iterator[tuple[str, bytes]]:
    """Yields the files of a digest: paths below the folder, and their bytes."""
    feed = digest_document(page)
    for feed_format in FeedFormat:
        yield feed_path(page.name, feed_format).lstrip("/"), render_feed(feed, feed_format)
    root = page.base_url.rstrip("/")
    yield f"{html_path(page.name).strip('/')}/index.html".lstrip("/"), render_html(page, root=root, static=True)
    for issue in page.issues:
        path = issue_path(page.name, issue.key).lstrip("/")
        yield f"{path}/index.html", render_issue(issue, root=root, static=True)
