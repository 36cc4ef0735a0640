"""Decides at which URL a feed is polled after redirects.

A permanent redirect is followed at once and stored late: hotels, captive portals and broken sites send permanent
redirects too, and a stored URL that was overwritten wrongly is lost for ever. Until enough identical redirects were
received, the target is requested directly, as a cache would do (RFC 9110 section 15.4.2), and the old URL is
requested once a day to see whether it still redirects. If the target is not a feed, the old URL is requested again.

This module decides about URLs only; ``schedule`` decides when the next poll is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.model.polling import REDIRECT_CONFIRM_INTERVAL, Hop, PendingRedirect, PollAddress

HTTPS_UPGRADE = 0
"""The status of a redirect that no server sent: the host refused plain http and responds to https."""

_PERMANENT = frozenset({HTTPS_UPGRADE, 301, 308})


def defer_redirect(address: PollAddress, hops: tuple[Hop, ...], *, asked_at: datetime) -> PollAddress:
    """Returns the address of the next poll after a redirect with Retry-After."""
    return replace(address, resume=hops) if address.requests_own_url(now=asked_at) else PollAddress(url=address.url)


def next_address(
    address: PollAddress, hops: Sequence[Hop], *, readable: bool, asked_at: datetime, needed: int
) -> PollAddress:
    """Returns the address of the next poll, after a request at ``asked_at`` through ``hops``, earlier ones included.

    ``readable`` is True if the final response was a feed or a 304. After ``needed`` identical redirects, at least
    ``REDIRECT_CONFIRM_INTERVAL`` apart, the target becomes the feed's URL.
    """
    if not readable:
        return PollAddress(url=address.url)
    if not address.requests_own_url(now=asked_at):
        return replace(address, resume=())
    target = permanent_target(address.url, hops)
    if target is None:
        return PollAddress(url=address.url)
    if hops[0].status == HTTPS_UPGRADE:
        return PollAddress(url=target)
    move = _count_redirect(address.move, target, asked_at)
    return PollAddress(url=target) if move.count >= needed else PollAddress(url=address.url, move=move)


def permanent_target(url: str, hops: Sequence[Hop]) -> str | None:
    """Returns the URL to which ``url`` moved permanently; None if it did not.

    It is the end of the permanent redirects, up to the first other one. A redirect from https to http never counts
    as permanent.
    """
    target = None
    for hop in hops:
        downgrades = urlsplit(hop.url).scheme == "https" and urlsplit(hop.location).scheme != "https"
        if hop.status not in _PERMANENT or downgrades:
            break
        target = hop.location
    return None if target is None or target == url else copy_credentials(url, target)


def copy_credentials(url: str, target: str) -> str:
    """Returns ``target`` with the user name and password of ``url`` if both have one origin (RFC 6454)."""
    old, new = urlsplit(url), urlsplit(target)
    userinfo, at, rest = old.netloc.rpartition("@")
    if not at or (old.scheme, rest.lower()) != (new.scheme, new.netloc.lower()):
        return target
    return new._replace(netloc=f"{userinfo}@{new.netloc}").geturl()


def https_url_of(url: str) -> str | None:
    """Returns the https URL for a plain http URL on its default port; None for any other URL."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.port not in (None, 80):
        return None
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    return parts._replace(scheme="https", netloc=host).geturl()


def _count_redirect(known: PendingRedirect | None, target: str, now: datetime) -> PendingRedirect:
    if known is None or known.target != target:
        return PendingRedirect(target=target, count=1, seen_at=now)
    if now - known.seen_at < REDIRECT_CONFIRM_INTERVAL:
        return known
    return PendingRedirect(target=target, count=known.count + 1, seen_at=now)
