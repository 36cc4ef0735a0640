"""Removes user names and passwords from URLs.

Credentials are stored only in the configuration and sent only to their own server. Every URL that is printed,
logged or published passes through this module.
"""

from __future__ import annotations

import re

_USERINFO = re.compile(r"//[^/?#]*@")
_PASSWORD = re.compile(r"^([^:]*://[^:/]*:)[^@]*@")


def without_userinfo(text: str) -> str:
    """Returns a URL, or a text that was meant as one, without user name and password."""
    return _USERINFO.sub("//", text)


def has_userinfo(url: str) -> bool:
    """True if a URL has a user name or a password."""
    return _USERINFO.search(url) is not None


def hide_password(url: str) -> str:
    """Returns the URL of a database with its password replaced by ``***``."""
    return _PASSWORD.sub(r"\1***@", url)
