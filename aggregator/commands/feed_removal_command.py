"""Removes a feed from feeds.yaml."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.commands.options import Config
from aggregator.configuration.file_updates import remove_feed
from aggregator.configuration.loading import FEEDS_FILE, config_directory
from aggregator.url_credentials import without_userinfo

EDIT_NOTE = "A running service reloads the file within seconds."


def remove_from_feeds(
    feed: Annotated[str, typer.Argument(metavar="NAME|URL", help="Name or URL of the feed.")],
    config: Config = None,
) -> None:
    """Deletes a feed, by name or URL, and its comments from feeds.yaml; its stored entries stay."""
    directory = config_directory(config)
    removed = remove_feed(directory, feed)
    typer.echo(f"{directory / FEEDS_FILE}: removed {removed.name} ({without_userinfo(removed.url)})")
    typer.echo(EDIT_NOTE)
