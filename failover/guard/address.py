"""Service addresses on `lo`, with a lifetime that the kernel ends: a frozen owner's route goes.

    Addresses            what the guard needs of them (a Protocol)
      LoopbackAddresses  rtnetlink over a socket that stays open; no process is started

FRR announces the pool's addresses that are connected, so an address is a route. The doors are not
kept by this but by `kernel`: a lifetime has whole seconds, and the kernel may take some tenths
more. Rounded up, it never ends before kernel time does. Needs CAP_NET_ADMIN.
Source: ADR-0017; man 7 rtnetlink, linux/if_addr.h.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable
from contextlib import suppress
from errno import EADDRNOTAVAIL
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, if_indextoname
from typing import NamedTuple, Protocol

from failover.guard.kernel import KernelFailure
from failover.guard.netlink import (
    CREATE,
    DUMP,
    REPLACE,
    ROUTE,
    NetlinkBroken,
    NetlinkRefusal,
    NetlinkSocket,
    Request,
    attribute,
    attributes,
)

LOOPBACK = 1  # the index of `lo` in every network namespace

_NEW_ADDRESS, _DELETE_ADDRESS, _GET_ADDRESS = 20, 21, 22
_ADDRESS, _LOCAL, _LIFETIME = 1, 2, 6
_NO_DUPLICATE_DETECTION = 0x02
_FOR_EVER = 0xFFFFFFFF

_HEADER = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, interface
_LIFETIMES = struct.Struct("=IIII")  # preferred, valid, and two stamps that only the kernel writes
_LASTING = _LIFETIMES.pack(_FOR_EVER, _FOR_EVER, 0, 0)


class Standing(NamedTuple):
    """An address of this machine."""

    address: str
    bits: int  # of its prefix
    interface: int
    lifetime_s: int | None  # what is left of it, in whole seconds; None: for ever


class Addresses(Protocol):
    """The service addresses of one machine.

    Every method raises `KernelFailure` where the kernel does not do what it is asked.
    """

    def keep(self, addresses: Collection[str], lifetime_s: float) -> None:
        """Put them on `lo`, or let them stay there, for this long and less than a second more."""
        ...

    def remove(self, addresses: Collection[str]) -> None:
        """Take them away. One that is not there is no error."""
        ...

    def misplaced(self, addresses: Iterable[str]) -> list[str]:
        """Those of them that stand elsewhere, where no lifetime of ours ends them."""
        ...

    def close(self) -> None:
        """Let go of the kernel. Addresses run out by themselves."""
        ...


class LoopbackAddresses:
    """The addresses on `lo` of the network namespace in which this is made."""

    def __init__(self) -> None:
        try:
            self._netlink = NetlinkSocket(ROUTE)
        except NetlinkBroken as broken:
            raise KernelFailure(str(broken)) from broken

    def keep(self, addresses: Collection[str], lifetime_s: float) -> None:
        """Put them on `lo`, or let them stay there, for this long and less than a second more."""
        whole_s = math.ceil(lifetime_s)
        if whole_s <= 0:
            return
        lifetime = attribute(_LIFETIME, _LIFETIMES.pack(whole_s, whole_s, 0, 0))
        requests = [
            Request(_NEW_ADDRESS, CREATE | REPLACE, _body(address) + lifetime)
            for address in addresses
        ]
        self._order(requests, "put a service address on lo")

    def remove(self, addresses: Collection[str]) -> None:
        """Take them away. One that is not there is no error."""
        requests = [Request(_DELETE_ADDRESS, 0, _body(address)) for address in addresses]
        self._order(requests, "take a service address off lo", forgiven=(EADDRNOTAVAIL,))

    def misplaced(self, addresses: Iterable[str]) -> list[str]:
        """Those of them that stand elsewhere, where no lifetime of ours ends them."""
        ours = {str(ip_address(each)): ip_address(each).max_prefixlen for each in addresses}
        return [
            f"{each.address}/{each.bits} stands on {_interface_name(each.interface)}: a service "
            f"address must stand on lo alone, as /{ours[each.address]}"
            for each in self.standing()
            if each.address in ours and each[1:3] != (ours[each.address], LOOPBACK)
        ]

    def standing(self) -> list[Standing]:
        """All addresses of this machine."""
        found: list[Standing] = []
        try:
            replies = self._netlink.read(Request(_GET_ADDRESS, DUMP, _HEADER.pack(0, 0, 0, 0, 0)))
        except (NetlinkRefusal, NetlinkBroken) as error:
            raise KernelFailure(f"the kernel did not list its addresses: {error}") from error
        for reply in replies:
            _, bits, _, _, interface = _HEADER.unpack_from(reply.body)
            told = attributes(reply.body[_HEADER.size :])
            address = told.get(_LOCAL) or told.get(_ADDRESS, b"")
            if len(address) not in (4, 16):
                continue
            _, valid_s, _, _ = _LIFETIMES.unpack_from(told.get(_LIFETIME, _LASTING))
            lasts_s = None if valid_s == _FOR_EVER else valid_s
            found.append(Standing(str(ip_address(address)), bits, interface, lasts_s))
        return found

    def close(self) -> None:
        """Let go of the kernel. Addresses run out by themselves."""
        self._netlink.close()

    def _order(self, requests: list[Request], what: str, forgiven: Collection[int] = ()) -> None:
        if not requests:
            return
        try:
            self._netlink.order(requests, forgiven=forgiven)
        except NetlinkRefusal as refusal:
            raise KernelFailure(f"the kernel did not {what}: {refusal}") from refusal
        except NetlinkBroken as broken:
            raise KernelFailure(f"the kernel did not {what}: {broken}") from broken


def _body(address: str) -> bytes:
    parsed = ip_address(address)
    family, flags = (AF_INET, 0) if parsed.version == 4 else (AF_INET6, _NO_DUPLICATE_DETECTION)
    header = _HEADER.pack(family, parsed.max_prefixlen, flags, 0, LOOPBACK)
    return header + attribute(_LOCAL, parsed.packed) + attribute(_ADDRESS, parsed.packed)


def _interface_name(index: int) -> str:
    with suppress(OSError):
        return if_indextoname(index)
    return f"interface {index}"
