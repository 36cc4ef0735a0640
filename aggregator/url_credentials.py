"""Does an address carry a user name or a password, and how is it shown without them?

Credentials stand in one place, the configuration, and go to one place, their own server. Whoever
tells, logs or publishes an address takes it through here.
"""

from __future__ import annotations

import re

_USERINFO = re.compile(r"//[^/?#]*@")
_PASSWORD = re.compile(r"^([^:]*://[^:/]*:)[^@]*@")


def without_userinfo(text: str) -> str:
    """The address, or a text that was meant as one, without user name and password."""
    return _USERINFO.sub("//", text)


def has_userinfo(url: str) -> bool:
    """Whether an address carries a user name or a password."""
    return _USERINFO.search(url) is not None


def hide_password(url: str) -> str:
    """Returns the URL of a database with its password replaced by ``***``."""
    return _PASSWORD.sub(r"\1***@", url)
