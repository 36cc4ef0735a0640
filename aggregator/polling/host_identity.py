"""Which names belong to one host, to be polite to as one and to be called one outlet?

The answer is the registrable domain: what somebody registered below a public suffix, by the
bundled Public Suffix List (https://publicsuffix.org). Suffixes of its private section count,
so every ``user.github.io`` is a host of its own. Nothing is asked of the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from aggregator.polling.ip_address_rules import literal_address


@dataclass(frozen=True, kw_only=True, slots=True)
class HostRule:
    """Where the operator knows better than the list which names are one host.

    The subdomains of the domains in ``own`` are hosts of their own (a platform for many people);
    the domains in one value of ``shared``, with all below them, are one host (one server).
    """

    own: tuple[str, ...] = ()
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, url: str) -> str:
        """The host that requests for ``url`` burden, by this rule, else as ``host_key`` says."""
        host = _host(url)
        for name, domains in self.shared.items():
            if any(_is_below(host, domain) for domain in domains):
                return name
        if any(_is_below(host, domain) for domain in self.own):
            return host
        return host_key(url)


def host_key(url: str) -> str:
    """The host that requests for ``url`` burden: a registrable domain or an IP address.

    Names under ``.localhost`` (RFC 6761) stay whole. A URL without a host has the key ``""``.
    """
    host = _host(url)
    if (address := literal_address(host)) is not None:
        return str(address)
    if host == "localhost" or host.endswith(".localhost"):
        return host
    return _suffixes().privatesuffix(host) or host


def outlet_of(url: str) -> str:
    """Who publishes at ``url`` when nobody said so: the host, without ``www.``."""
    key = host_key(url)
    rest = key.removeprefix("www.")
    return key if rest != key and _suffixes().is_public(rest) else rest


def _is_below(host: str, domain: str) -> bool:
    domain = domain.lower().strip(".")
    return host == domain or host.endswith(f".{domain}")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host
