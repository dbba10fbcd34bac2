"""Where the central API may be: TLS everywhere but on this machine.

What the central API answers is not signed as a whole (what settles a transaction, whom a search
finds): on a line that others can change, anybody could speak in its place.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_protected(url: str) -> bool:
    """Whether nobody else can read or change what goes there: ``https``, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    # RFC 6761, clause 6.3: this name never leaves the machine.
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
