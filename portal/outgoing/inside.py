"""Which addresses are open to everybody's connections, and which only where an admin allowed them. Pure."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """``10.1.0.0/16`` or a single address. Raises ValueError with the one that is neither."""
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in written)


def may_reach(address: str, inside: Iterable[Network] = ()) -> bool:
    """Is this address public, or in one of the networks ``inside`` the company that an admin allowed?"""
    found = _meant(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_unspecified or found.is_multicast:
        return False
    return public(found) or any(found in network for network in inside)


def public(address: Address) -> bool:
    """Neither this machine, nor a private or link-local network, nor one that is nobody's."""
    closed = address.is_private or address.is_reserved or address.is_multicast or address.is_link_local
    return address.is_global and not closed and not getattr(address, "is_site_local", False)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
