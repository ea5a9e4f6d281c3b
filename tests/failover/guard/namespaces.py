"""Two network namespaces and the cable between them: the edge that is guarded, and the outside.

The whole pool of service addresses is local at the edge by a route, so that a packet which no rule
stops always arrives: only the guard keeps the doors there, never a missing address.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address
from itertools import count

from failover.laboratory.network import FOLDER, inside
from failover.plan_file import Instance

POOL_4, POOL_6 = "10.12.0.0/20", "2001:db8:c00::/48"
EDGE_4, OUTSIDE_4 = "10.255.0.1", "10.255.0.2"
EDGE_6, OUTSIDE_6 = "2001:db8:fff::1", "2001:db8:fff::2"
_SECONDS_MAX = 30

_LINKS = """\
link set dev lo up
address add {v4}/30 dev cable
address add {v6}/64 dev cable nodad
link set dev cable up
"""
_AT_THE_EDGE = f"""\
route add local {POOL_4} dev lo
route add local {POOL_6} dev lo
"""
_OUTSIDE = f"""\
route add {POOL_4} via {EDGE_4}
route add {POOL_6} via {EDGE_6}
"""


class NoNamespaces(Exception):
    """This machine gives none."""


@dataclass(frozen=True)
class Lab:
    """Names of the two namespaces."""

    edge: str
    outside: str


def service(number: int, *, v6: bool = True) -> Instance:
    """An instance with addresses of the pool."""
    return Instance(
        name=f"service-{number}",
        v4=f"10.12.{number // 256}.{number % 256}",
        v6=str(IPv6Address(f"2001:db8:c00::{number:x}")) if v6 else None,
    )


_NUMBERS = count(1)


@contextmanager
def laboratory() -> Iterator[Lab]:
    """Make both, and take them away at the end.

    Raises:
        NoNamespaces: this machine gives none.
    """
    mine = f"{os.getpid()}-{next(_NUMBERS)}"  # one may stand while another one is made
    lab = Lab(f"guard-edge-{mine}", f"guard-out-{mine}")
    try:
        try:
            _ip(f"netns add {lab.edge}\nnetns add {lab.outside}\n")
            cable = f"link add cable netns {lab.edge} type veth peer name cable"
            _ip(f"{cable} netns {lab.outside}\n")
        except subprocess.CalledProcessError as error:
            raise NoNamespaces(error.stderr.strip()) from error
        _ip(_LINKS.format(v4=EDGE_4, v6=EDGE_6) + _AT_THE_EDGE, lab.edge)
        _ip(_LINKS.format(v4=OUTSIDE_4, v6=OUTSIDE_6) + _OUTSIDE, lab.outside)
        yield lab
    finally:
        for name in (lab.edge, lab.outside):
            if (FOLDER / name).exists():
                _ip(f"netns delete {name}\n")


def nft(name: str, commands: str) -> str:
    """What nft says to these commands in a namespace."""
    with inside(name):
        return _run(["nft", "-f", "-"], commands)


def ip(name: str, commands: str) -> None:
    """Have iproute2 carry these lines out in a namespace."""
    _ip(commands, name)


def _ip(lines: str, name: str = "") -> None:
    _run(["ip", *(["-n", name] if name else []), "-batch", "-"], lines)


def _run(command: list[str], text: str) -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, timeout=_SECONDS_MAX
    )
    return done.stdout
