"""What does a starter configuration look like?

The same text stands in ``config/`` of a checkout; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from aggregator.configuration.json_schemas import schema_text
from aggregator.configuration.loading import FEEDS_FILE, SETTINGS_FILE
from aggregator.settings.feeds_file import FeedsFile
from aggregator.settings.settings_file import Settings

FEEDS = """\
# yaml-language-server: $schema=feeds.schema.json
# The feeds to poll. A feed needs nothing but its url; everything else has a default.
#
# feeds:
#   - url: https://example.org/world.xml
#     name: example-world        # stable key; derived from the url when left out
#     tags: [world]              # words to choose feeds by, in digests
#     every: 30m                 # never polled more often than this
#     priority: 10               # the copy of the higher priority leads its story
#     full_text: auto            # auto | feed | page
#     keep: [{title: "(?i)climate"}]
#     drop: [{tag: sport}]
feeds: []

# The digests to publish. Without this key there is one, named digest, with every story:
# /digest.atom, /digest.rss and /digest.json.
#
# digests:
#   - name: digest
#   - name: world
#     where: {tags: [world], min_copies: 2, language: en}
#   - name: morning
#     edition: "07:00 Europe/Berlin"   # one entry a day, with the stories in order
#     sort: coverage
"""

SETTINGS = """\
# yaml-language-server: $schema=aggregator.schema.json
# Every setting has a default; this file may be empty. ${NAME} reads the environment.
#
# database: postgresql://aggregator:${PASSWORD}@localhost/aggregator
# polling:
#   every: 1h                    # no feed is polled more often, unless its own "every" says so
# fetching:
#   allow_networks: []           # private networks that may be asked, for example [192.168.0.0/16]
#   contact: https://example.org/about-our-reader
# publishing:
#   settle: 10m                  # a story is held so long, so that its copies gather
#   public_url: https://news.example.org
# web:
#   host: 127.0.0.1
#   port: 8642
"""


def files() -> Mapping[str, str]:
    """The starter files by name: two for people to edit, two for their editor to check those by."""
    return {
        FEEDS_FILE: FEEDS,
        SETTINGS_FILE: SETTINGS,
        "feeds.schema.json": schema_text(FeedsFile),
        "aggregator.schema.json": schema_text(Settings),
    }


def write(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Write the starter files that are missing; gives each path and whether it was written."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        path = directory / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            yield path, False
        else:
            yield path, True
