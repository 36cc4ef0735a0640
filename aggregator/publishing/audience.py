"""Who can read what is published?

The service has no accounts: whoever reaches it reads everything. So a service that others can
reach is public, and shows nothing of private feeds.
"""

from __future__ import annotations

from ipaddress import ip_address

from aggregator.model.publishing import Audience
from aggregator.settings.feeds_file import DigestSettings
from aggregator.settings.settings_file import Settings


def audience_of(settings: Settings) -> Audience:
    """Everyone when readers reach the service at a public URL or from other machines, else its owner alone."""
    if settings.publishing.public_url is not None or not _is_loopback(settings.web.host):
        return Audience.EVERYONE
    return Audience.OWNER


def audience_of_digest(digest: DigestSettings, settings: Settings) -> Audience:
    """For whom a digest is; whoever knows its token reads as the owner does."""
    return audience_of(settings) if digest.token is None else Audience.OWNER


def _is_loopback(host: str) -> bool:
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
