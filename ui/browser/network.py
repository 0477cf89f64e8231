"""Under which addresses other devices in the room can reach this machine."""

import ipaddress
import socket

import psutil

__all__ = ["is_loopback", "room_addresses"]


def room_addresses() -> tuple[str, ...]:
    """IPv4 addresses of this machine's interfaces that are up, those of home and office networks first."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        one.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for one in addresses
        if one.family == socket.AF_INET and _reachable(one.address)
    ]
    return tuple(sorted(dict.fromkeys(found), key=_far))


def is_loopback(host: str) -> bool:
    """Whether only this computer itself can mean it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _reachable(address: str) -> bool:
    there = ipaddress.ip_address(address)
    return not (there.is_loopback or there.is_link_local or there.is_unspecified)


def _far(address: str) -> tuple[int, str]:
    # Containers and virtual machines mostly live in 172.16.0.0/12: a phone is seldom there.
    order = ("192.168.", "10.", "172.")
    return next((place for place, start in enumerate(order) if address.startswith(start)), len(order)), address
