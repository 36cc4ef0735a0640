"""Runs the service: as a daemon, once, or on the sample newsroom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from aggregator.base_url import base_url_of
from aggregator.bootstrap import open_service
from aggregator.commands.console import read_configuration
from aggregator.commands.options import Config
from aggregator.commands.progress_bars import show_service_progress
from aggregator.configuration.loading import config_directory, load_configuration
from aggregator.daemon import read_model_of, run_daemon, static_files
from aggregator.demo.run_demo import run_demo
from aggregator.hub_publisher import HubPublisher
from aggregator.pipeline import Pipeline
from aggregator.settings.settings_file import Configuration


def run(
    config: Config = None,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address to listen on, instead of web.host.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="PORT", min=0, max=65535, help="Port, instead of web.port.")
    ] = None,
) -> None:
    """Runs the daemon until SIGTERM or SIGINT; ``host`` and ``port`` also replace those of a reloaded configuration."""
    directory = config_directory(config)
    configuration = _listening_on(read_configuration(config), host=host, port=port)

    def read() -> Configuration:
        return _listening_on(load_configuration(directory), host=host, port=port)

    asyncio.run(run_daemon(configuration, folder=directory, read=read, on_ready=_print_digest_urls(configuration)))


def once(config: Config = None) -> None:
    """Polls what is due, processes until nothing is pending, writes the digest files and notifies the hubs."""

    async def work() -> None:
        async with open_service(configuration) as service:
            async with show_service_progress(service):
                await Pipeline(service).once()
            library = read_model_of(service, base_url_of(configuration))
            if files := static_files(service, library):
                await asyncio.to_thread(files.write_if_changed)
            await HubPublisher(service, library).notify_hubs()

    configuration = read_configuration(config)
    asyncio.run(work())


def demo(
    port: Annotated[
        int, typer.Option(metavar="PORT", help="Port that serves the digest; 0 chooses a free port.")
    ] = 8642,
) -> None:
    """Runs the daemon on the sample newsroom until SIGTERM or SIGINT."""
    run_demo(port=port, on_ready=_print_demo_urls)


def _listening_on(configuration: Configuration, *, host: str | None, port: int | None) -> Configuration:
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    web = configuration.settings.web.model_copy(update=given)
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"web": web})})


def _print_digest_urls(configuration: Configuration) -> Callable[[str], None]:
    def print_urls(base_url: str) -> None:
        typer.echo(f"Digest: {base_url}/digest.atom   (also .rss and .json; for a browser: {base_url}/)")
        if not configuration.feeds:
            typer.echo("No feeds are configured yet: add some to feeds.yaml.")

    return print_urls


def _print_demo_urls(base_url: str) -> None:
    typer.echo(f"Front page of the demo: {base_url}/   digest: {base_url}/digest.atom   (Ctrl-C stops the demo)")
