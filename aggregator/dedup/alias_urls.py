"""By which addresses is an article known, besides the one its feed links to?

Three may name it: the link, the address its page was served from after redirects, and the one the
page claims (``rel=canonical``, ``og:url``). Each becomes a key in *twin form*, in which a page and
its AMP and mobile twins read alike. A key is for comparing and never asked for. What two articles
with one key are to each other is ``one_address``'s question.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aggregator.model.dedup import AddressKey, KeyKind
from aggregator.parsing.urls import normalise_url
from aggregator.polling.host_identity import host_key

_TWIN_LABELS = frozenset({"amp", "m", "mobile", "www"})
"""Labels of a host, below what was registered, that say in which form its pages are."""
_AMP_SEGMENT = re.compile(r"(?:amp(?:\.s?html?)?)?", re.IGNORECASE)
_AMP_ENDING = re.compile(r"[._~-]amp(?=(?:\.s?html?)?$)", re.IGNORECASE)
_TWIN_PARAMETERS = frozenset({"amp", "amp=1", "amp=true", "hs_amp=true", "outputtype=amp", "output=amp"})
_BLOGGER = frozenset({"m=0", "m=1"})
"""Blogger's mobile twin, when it is the whole query; elsewhere ``m`` may be a month."""
_HOME = re.compile(r"/(?:(?:index|default|home)(?:\.\w{2,5})?)?")


def second_keys(
    *, url: str | None, served_url: str | None, canonical_url: str | None, link_believed: bool = True
) -> tuple[AddressKey, ...]:
    """The keys of an article that its feed links to by ``url``, each once, by the strongest of its kinds.

    ``served_url`` is where its text came from after redirects, if it came from a page; ``canonical_url``
    is what that page claims, as it was written. ``link_believed`` is False for a text that a feed gave
    of another site's page: whose it is, nobody saw. No key is made of a site's home page or of a page
    above the article's own: removed articles are redirected there, and templates claim it. A claim is
    believed on its own site; a claim to another's article is only a reason to look at it.
    """
    page_url = served_url or url
    claimed_at_home = bool(page_url and canonical_url) and host_key(page_url or "") == host_key(canonical_url or "")
    named = (
        (KeyKind.LINKED, twin_form(url), link_believed),
        (KeyKind.SERVED, twin_form(served_url), True),
        (KeyKind.CLAIMED, twin_form(canonical_url), claimed_at_home and link_believed),
    )
    keys: dict[str, AddressKey] = {}
    for kind, form, believed in named:
        if form is not None and not _is_home(form) and not any(_is_above(form, other) for _, other, _ in named[:2]):
            keys.setdefault(form, AddressKey(key=form, kind=kind, believed=believed))
    return tuple(keys.values())


def twin_form(url: str | None) -> str | None:
    """An http(s) address as it and its twins read alike (``//host/path?query``), or None.

    Beside what ``normalise_url`` takes away go the scheme, the slash at the end and what marks AMP and
    mobile pages: labels of the host, a segment or the ending of the path, parameters. Two documents may
    come to read alike; so a form proves nothing without the texts.
    """
    address = normalise_url(url) if url else None
    if address is None:
        return None
    parts = urlsplit(address)
    query = _plain_query(parts.query)
    route = f"#{parts.fragment}" if parts.fragment else ""
    host, path = _plain_host(address, parts.netloc), _plain_path(parts.path)
    return f"//{host}{path}{'?' if query else ''}{query}{route}"


def _plain_host(address: str, netloc: str) -> str:
    registered = host_key(address)
    host, colon, port = netloc.partition(":")
    if not registered or not host.endswith(f".{registered}"):
        return netloc
    labels = host.removesuffix(f".{registered}").split(".")
    return ".".join([*(label for label in labels if label not in _TWIN_LABELS), registered]) + colon + port


def _plain_path(path: str) -> str:
    segments = path.split("/")
    while segments:
        segments = [segment for segment in segments if not _AMP_SEGMENT.fullmatch(segment)]
        if not segments or segments[-1] == (last := _AMP_ENDING.sub("", segments[-1])):
            break
        segments[-1] = last
    return "/" + "/".join(segments)


def _plain_query(query: str) -> str:
    plain = "&".join(pair for pair in query.split("&") if pair.lower().rstrip("=") not in _TWIN_PARAMETERS)
    return "" if plain in _BLOGGER else plain


def _is_home(form: str) -> bool:
    _, _, path = form.removeprefix("//").partition("/")
    return _HOME.fullmatch(f"/{path}") is not None


def _is_above(form: str, other: str | None) -> bool:
    """Whether one page stands above another on its site, as a section does above its articles."""
    return other is not None and "?" not in form and other.startswith(f"{form}/")
