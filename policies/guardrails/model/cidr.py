"""Ranges of addresses, and which of them are the world or close to it."""

from ipaddress import IPv4Network, IPv6Network, ip_network

WIDEST = {4: 8, 6: 12}
"""The shortest prefix that one owner holds, for each version of IP: what is wider belongs to many."""
OWN_IPV6 = IPv6Network("fc00::/7")
"""The one network wider than those that the internet doesn't carry."""
IPV4_IN_IPV6 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""Where IPv6 holds all of IPv4: mapped addresses (RFC 4291), and those of NAT64 (RFC 6052), as EKS gives its pods."""


def network(value: object) -> IPv4Network | IPv6Network | None:
    """The range that a value says, whatever stands behind its prefix; None if it says none."""
    try:
        return ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None


def holds(wider: object, narrower: object) -> bool:
    """One range has every address of another; what is no range has none."""
    one, other = network(wider), network(narrower)
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and other.subnet_of(one)
    return isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and other.subnet_of(one)


def is_world(value: object) -> bool:
    """A range of public addresses that is wider than any one owner's: 0.0.0.0/0, and half of it; ::/0, and 2000::/3."""
    found = network(value)
    if found is None:
        return False
    if isinstance(found, IPv4Network):
        return found.prefixlen < WIDEST[4]
    if found.subnet_of(OWN_IPV6):
        return False
    inside = next((held for held in IPV4_IN_IPV6 if found.subnet_of(held)), None)
    return found.prefixlen < (WIDEST[6] if inside is None else inside.prefixlen + WIDEST[4])
