"""Runs the real daemon on the sample newsroom, in a temporary folder.

Only the publishers are simulated. The configuration is read from YAML files, feeds and pages are fetched over HTTP,
and stories are merged and published as usual.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from aggregator.clock import utc_now
from aggregator.configuration.loading import FEEDS_FILE, SETTINGS_FILE, load_configuration
from aggregator.daemon import run_daemon
from aggregator.demo.configuration import demo_configuration
from aggregator.demo.server import DemoNewsroom
from aggregator.logging_setup import configure_logging
from aggregator.settings.settings_file import Configuration, LogLevel

SECOND_EDITION_AFTER = 20.0
"""Seconds until the newsroom prints its second edition: a revised article and a late copy."""


def run_demo(*, port: int, on_ready: Callable[[str], None], quiet: bool = True) -> None:
    """Runs the demo until SIGTERM or SIGINT; calls ``on_ready`` with the base URL of the digest.

    ``quiet`` logs only warnings and errors. Raises what ``run_daemon`` raises.
    """
    with DemoNewsroom(now=utc_now()) as newsroom, tempfile.TemporaryDirectory(prefix="aggregator-demo-") as folder:
        configuration = _configuration_for(newsroom, Path(folder), port)
        level = LogLevel.WARNING if quiet else LogLevel.INFO
        configure_logging(configuration.settings.logging.model_copy(update={"level": level}))

        def ready(base_url: str) -> None:
            asyncio.get_running_loop().call_later(SECOND_EDITION_AFTER, newsroom.advance)
            on_ready(base_url)

        asyncio.run(
            run_daemon(configuration, folder=Path(folder) / "config", read=lambda: configuration, on_ready=ready)
        )


def _configuration_for(newsroom: DemoNewsroom, folder: Path, port: int) -> Configuration:
    directory = folder / "config"
    directory.mkdir()
    feeds, settings = demo_configuration(newsroom)
    (directory / FEEDS_FILE).write_text(feeds, encoding="utf-8")
    (directory / SETTINGS_FILE).write_text(f"{settings}web:\n  port: {port}\n", encoding="utf-8")
    return load_configuration(directory, environ={})
