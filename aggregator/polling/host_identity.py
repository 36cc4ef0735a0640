"""Determines the host of a URL, for politeness and for the name of its outlet.

A host is a registrable domain: the name registered below a public suffix, by the bundled Public Suffix List
(https://publicsuffix.org). Suffixes of its private section count too, so every ``user.github.io`` is a host of its
own. No request is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from aggregator.polling.ip_address_rules import literal_address


@dataclass(frozen=True, kw_only=True, slots=True)
class HostGrouping:
    """The operator's exceptions to the Public Suffix List.

    The subdomains of the domains in ``own`` are hosts of their own (a platform for many people). The domains in one
    value of ``shared``, with all their subdomains, are one host (one server).
    """

    own: tuple[str, ...] = ()
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, url: str) -> str:
        """Returns the host key of ``url`` by these exceptions, else by ``host_key``."""
        host = _hostname(url)
        for name, domains in self.shared.items():
            if any(_is_below(host, domain) for domain in domains):
                return name
        if any(_is_below(host, domain) for domain in self.own):
            return host
        return host_key(url)


def host_key(url: str) -> str:
    """Returns the key of the host that receives the requests to ``url``: a registrable domain or an IP address.

    Names under ``.localhost`` (RFC 6761) are not shortened. A URL without a host has the key ``""``.
    """
    host = _hostname(url)
    if (address := literal_address(host)) is not None:
        return str(address)
    if host == "localhost" or host.endswith(".localhost"):
        return host
    return _public_suffixes().privatesuffix(host) or host


def default_outlet(url: str) -> str:
    """Returns the outlet of a URL whose outlet is not configured: its host without ``www.``."""
    key = host_key(url)
    without_www = key.removeprefix("www.")
    return key if without_www != key and _public_suffixes().is_public(without_www) else without_www


def is_public_suffix(domain: str) -> bool:
    """Returns True for a domain below which anybody can register names; also for one that the list does not know."""
    return _public_suffixes().is_public(domain)


def _is_below(host: str, domain: str) -> bool:
    domain = domain.lower().strip(".")
    return host == domain or host.endswith(f".{domain}")


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _hostname(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host
