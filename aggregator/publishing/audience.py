"""Determines the audience of a digest: the owner alone, or everyone.

The service has no accounts: everyone who can reach it can read everything. So a service that others can reach is
public, and shows nothing of private feeds.
"""

from __future__ import annotations

from ipaddress import ip_address

from aggregator.model.publishing import Audience
from aggregator.settings.feeds_file import DigestSettings
from aggregator.settings.settings_file import Settings


def audience_of(settings: Settings) -> Audience:
    """Returns EVERYONE if the service has a public URL or listens for other machines, else OWNER."""
    if settings.publishing.public_url is not None or not _is_loopback(settings.web.host):
        return Audience.EVERYONE
    return Audience.OWNER


def audience_of_digest(digest: DigestSettings, settings: Settings) -> Audience:
    """Returns the audience of a digest; a reader with its access token reads as the owner."""
    return audience_of(settings) if digest.token is None else Audience.OWNER


def _is_loopback(host: str) -> bool:
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
