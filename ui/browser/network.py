"""Under which addresses other devices in the room can reach this machine."""

import ipaddress
import socket
from functools import lru_cache
from pathlib import Path

import psutil

__all__ = ["is_loopback", "room_addresses", "self_signed"]


def room_addresses() -> tuple[str, ...]:
    """IPv4 addresses of this machine's interfaces that are up, those of home and office networks first."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        interface.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for interface in addresses
        if interface.family == socket.AF_INET and _reachable(interface.address)
    ]
    return tuple(sorted(dict.fromkeys(found), key=_far))


def is_loopback(host: str) -> bool:
    """Whether only this computer itself can mean it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@lru_cache(maxsize=1)
def self_signed(certificate: str) -> frozenset[str]:
    """The names and addresses in this certificate's file, where it is signed by itself alone, so that browsers warn
    of it; none where an authority signed it, or where it cannot be read."""
    from cryptography import x509

    try:
        first = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
        names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return frozenset()
    if first.issuer != first.subject:
        return frozenset()
    numbers = map(str, names.get_values_for_type(x509.IPAddress))
    return frozenset([*names.get_values_for_type(x509.DNSName), *numbers])


def _reachable(address: str) -> bool:
    there = ipaddress.ip_address(address)
    return not (there.is_loopback or there.is_link_local or there.is_unspecified)


def _far(address: str) -> tuple[int, str]:
    # Containers and virtual machines mostly live in 172.16.0.0/12: a phone is seldom there.
    order = ("192.168.", "10.", "172.")
    return next((place for place, start in enumerate(order) if address.startswith(start)), len(order)), address
