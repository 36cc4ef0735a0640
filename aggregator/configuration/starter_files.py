"""Writes a starter configuration.

The folder ``config/`` of the repository has the same files; a test compares them.
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
# The feeds to poll. Only the url of a feed is required; all other keys have defaults.
#
# feeds:
#   - url: https://example.org/world.xml
#     name: example-world        # permanent name; default: made from the url
#     tags: [world]              # digests select feeds by tags
#     every: 30m                 # shortest poll interval
#     priority: 10               # the copy with the highest priority becomes the canonical copy
#     full_text: auto            # auto | feed | page
#     identity: auto             # auto | id | link | title | id+link: what names an entry
#     keep: [{title: "(?i)climate"}]
#     drop: [{tag: sport}]
feeds: []

# The digests to publish. Without this key there is one digest, named digest, with all stories:
# /digest.atom, /digest.rss and /digest.json.
#
# digests:
#   - name: digest
#   - name: world
#     where: {tags: [world], min_copies: 2, language: en}
#   - name: morning
#     edition: "07:00 Europe/Berlin"   # one entry a day, with all stories in it
#     sort: coverage
"""

SETTINGS = """\
# yaml-language-server: $schema=aggregator.schema.json
# All settings have defaults; this file may be empty. ${NAME} is replaced by the environment variable NAME.
#
# database: postgresql://aggregator:${PASSWORD}@localhost/aggregator
# polling:
#   every: 1h                    # shortest poll interval; a feed's own "every" overrides it
# fetching:
#   allow_networks: []           # private networks that requests may reach, for example [192.168.0.0/16]
#   contact: https://example.org/about-our-reader
# publishing:
#   settle: 10m                  # time from the first copy of a story to its publication
#   public_url: https://news.example.org
# web:
#   host: 127.0.0.1
#   port: 8642
"""


def starter_texts() -> Mapping[str, str]:
    """Returns the starter files by name: two to edit, and two JSON Schemas with which an editor checks them."""
    return {
        FEEDS_FILE: FEEDS,
        SETTINGS_FILE: SETTINGS,
        "feeds.schema.json": schema_text(FeedsFile),
        "aggregator.schema.json": schema_text(Settings),
    }


def write_starter_files(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Writes the missing starter files; yields each path, with True if it was written and False if it existed."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in starter_texts().items():
        path = directory / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            yield path, False
        else:
            yield path, True
