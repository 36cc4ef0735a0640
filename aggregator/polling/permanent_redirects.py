"""Where is a feed by now, when its publisher says that it moved?

A permanent redirect is followed at once and believed late: hotels, captive portals and sites that
break send them too, and a stored address that was rewritten wrongly is lost for ever. Between the
first one and the last that is needed, the target is asked directly, as a cache would
(RFC 9110 section 15.4.2), and the old address is asked once a day whether it still says so.
Anything but a feed at the target, and the old address is asked again.

This decides about addresses only; what a poll means for the next one is ``schedule``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.model.polling import APART, Address, Hop, Move

UPGRADED = 0
"""The status of a redirect that nobody sent: plain http was refused, and https is there."""

_PERMANENT = frozenset({UPGRADED, 301, 308})


def deferred(address: Address, hops: tuple[Hop, ...], *, asked_at: datetime) -> Address:
    """Where to ask next, after a redirect that asks to be followed later."""
    return replace(address, resume=hops) if address.asks_itself(now=asked_at) else Address(url=address.url)


def address_after(address: Address, hops: Sequence[Hop], *, readable: bool, asked_at: datetime, needed: int) -> Address:
    """Where to ask next, after a request at ``asked_at`` went through ``hops``, old ones included.

    ``readable`` says that a feed, or a 304, was at the end. ``needed`` identical answers, ``APART``
    from each other, make the target the feed's address.
    """
    if not readable:
        return Address(url=address.url)
    if not address.asks_itself(now=asked_at):
        return replace(address, resume=())
    target = permanent_target(address.url, hops)
    if target is None:
        return Address(url=address.url)
    if hops[0].status == UPGRADED:
        return Address(url=target)
    move = _counted(address.move, target, asked_at)
    return Address(url=target) if move.count >= needed else Address(url=address.url, move=move)


def permanent_target(url: str, hops: Sequence[Hop]) -> str | None:
    """Where ``url`` moved for good: the end of its permanent redirects, up to the first other one.

    A redirect from https to http is never taken for good.
    """
    target = None
    for hop in hops:
        downgrades = urlsplit(hop.url).scheme == "https" and urlsplit(hop.location).scheme != "https"
        if hop.status not in _PERMANENT or downgrades:
            break
        target = hop.location
    return None if target is None or target == url else with_credentials_of(url, target)


def with_credentials_of(url: str, target: str) -> str:
    """``target`` with the user name and password of ``url``, when both are of one origin (RFC 6454)."""
    old, new = urlsplit(url), urlsplit(target)
    userinfo, at, rest = old.netloc.rpartition("@")
    if not at or (old.scheme, rest.lower()) != (new.scheme, new.netloc.lower()):
        return target
    return new._replace(netloc=f"{userinfo}@{new.netloc}").geturl()


def secured(url: str) -> str | None:
    """The https address of a plain http one on its default port; None for others."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.port not in (None, 80):
        return None
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    return parts._replace(scheme="https", netloc=host).geturl()


def _counted(known: Move | None, target: str, now: datetime) -> Move:
    if known is None or known.target != target:
        return Move(target=target, count=1, seen_at=now)
    if now - known.seen_at < APART:
        return known
    return Move(target=target, count=known.count + 1, seen_at=now)
