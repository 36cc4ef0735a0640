"""Chooses the URL at which readers reach the service."""

from __future__ import annotations

from aggregator.settings.settings_file import Configuration


def base_url_of(configuration: Configuration, *, port: int | None = None) -> str:
    """Returns the public URL, or else the address on which the service listens; without a slash at the end.

    ``port`` is the port on which the service listens, if it is not the configured one.
    """
    if configuration.settings.publishing.public_url:
        return configuration.settings.publishing.public_url.rstrip("/")
    web = configuration.settings.web
    host = "127.0.0.1" if web.host in ("0.0.0.0", "::") else web.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{port or web.port}"
