"""Draws random public keys of stories and installations."""

from __future__ import annotations

import base64
import secrets


def new_key() -> str:
    """Returns 80 random bits as 16 small letters and digits (base32), so that no two keys are the same."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()
