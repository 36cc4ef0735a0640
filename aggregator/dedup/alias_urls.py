"""Computes the aliases of an article: other URLs that identify it.

Three URLs can identify an article: the link in the feed, the URL of its page after redirects, and the URL that the
page declares (``rel=canonical``, ``og:url``). Each becomes a key in *alias form*, which is equal for a page and its
AMP and mobile versions. A key is only compared, never requested. ``same_address`` decides about two articles with one
key.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aggregator.model.dedup import AliasKey, AliasKind
from aggregator.parsing.urls import normalise_url
from aggregator.polling.host_identity import host_key

_VERSION_LABELS = frozenset({"amp", "m", "mobile", "www"})
"""Host labels below the registrable domain that name a version of the site."""
_AMP_SEGMENT = re.compile(r"(?:amp(?:\.s?html?)?)?", re.IGNORECASE)
_AMP_ENDING = re.compile(r"[._~-]amp(?=(?:\.s?html?)?$)", re.IGNORECASE)
_VERSION_PARAMETERS = frozenset({"amp", "amp=1", "amp=true", "hs_amp=true", "outputtype=amp", "output=amp"})
_BLOGGER = frozenset({"m=0", "m=1"})
"""Blogger's mobile version, if it is the whole query; elsewhere ``m`` can be a month."""
_HOME = re.compile(r"/(?:(?:index|default|home)(?:\.\w{2,5})?)?")


def alias_keys(
    *, url: str | None, served_url: str | None, canonical_url: str | None, link_believed: bool = True
) -> tuple[AliasKey, ...]:
    """Returns the keys of an article with the link ``url``, each once, with the strongest of its kinds.

    ``served_url`` is the URL of its page after redirects, if the text came from a page. ``canonical_url`` is what
    that page declares, as written. ``link_believed`` is False for a text that a feed gave for another site's page,
    because nobody checked whose text it is. A site's home page and a page above the article's own give no key:
    removed articles are redirected there, and templates declare them. A declaration counts on its own site; a
    declaration of another site's article is only a reason to compare the two.
    """
    page_url = served_url or url
    declared_on_own_site = bool(page_url and canonical_url) and host_key(page_url or "") == host_key(
        canonical_url or ""
    )
    named = (
        (AliasKind.LINKED, alias_form(url), link_believed),
        (AliasKind.SERVED, alias_form(served_url), True),
        (AliasKind.CLAIMED, alias_form(canonical_url), declared_on_own_site and link_believed),
    )
    keys: dict[str, AliasKey] = {}
    for kind, form, believed in named:
        if form is not None and not _is_home(form) and not any(_is_above(form, other) for _, other, _ in named[:2]):
            keys.setdefault(form, AliasKey(key=form, kind=kind, believed=believed))
    return tuple(keys.values())


def alias_form(url: str | None) -> str | None:
    """Returns the form of an http(s) URL that its AMP and mobile versions share (``//host/path?query``), or None.

    Removes what ``normalise_url`` removes, the scheme, the slash at the end, and the parts that name AMP and mobile
    versions: host labels, a segment or ending of the path, parameters. Two different documents can have the same
    form, so a form proves nothing without the texts.
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
    return ".".join([*(label for label in labels if label not in _VERSION_LABELS), registered]) + colon + port


def _plain_path(path: str) -> str:
    segments = path.split("/")
    while segments:
        segments = [segment for segment in segments if not _AMP_SEGMENT.fullmatch(segment)]
        if not segments or segments[-1] == (last := _AMP_ENDING.sub("", segments[-1])):
            break
        segments[-1] = last
    return "/" + "/".join(segments)


def _plain_query(query: str) -> str:
    plain = "&".join(pair for pair in query.split("&") if pair.lower().rstrip("=") not in _VERSION_PARAMETERS)
    return "" if plain in _BLOGGER else plain


def _is_home(form: str) -> bool:
    _, _, path = form.removeprefix("//").partition("/")
    return _HOME.fullmatch(f"/{path}") is not None


def _is_above(form: str, other: str | None) -> bool:
    """Returns True if one page is above another on its site, like a section above its articles."""
    return other is not None and "?" not in form and other.startswith(f"{form}/")
