"""Under which address other devices on the same network reach this machine."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit, urlunsplit

# Of the block for documentation: nothing is sent there, but the system says from where it would be.
_ANYWHERE = ("192.0.2.1", 9)


def here_only(url: str) -> bool:
    """Whether an address leads every device to itself."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_network(url: str) -> str:
    """The same address by this machine's number in its network; the address itself where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)
        except OSError:
            return url
        number = probe.getsockname()[0]
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{number}:{parts.port}" if parts.port else number))


def problem(url: str) -> str:
    """What is wrong with an address that a class is to open, in a sentence; empty for nothing."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in url) or parts.query or parts.fragment:
        return "The class's address must begin with http:// or https:// and name a server, without “?” and “#”."
    return ""
