"""Applications as matches: TCP and UDP together, ICMP and whole protocols by themselves."""

from __future__ import annotations

import pytest

from telemed_infra.compile.services import (
    IcmpMatch,
    PortMatch,
    ProtocolMatch,
    ServiceMatch,
    service_matches,
)
from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import Family


def app(**speaks: list[int | str]) -> App:
    return App.model_validate({"title": "an application", "dscp": "oam", **speaks})


DNS = app(tcp=[53], udp=[53])
VIDEO = app(tcp=[5061], udp=["10000-10499"])
PING = app(icmp=[8], icmp6=[128])
ESP = app(protocol=[50])


@pytest.mark.parametrize(("apps", "family", "matches"), [
    ([DNS], Family.V4, [PortMatch(("53",), ("53",))]),
    ([DNS, VIDEO, DNS], Family.V6, [PortMatch(("53", "5061"), ("53", "10000-10499"))]),
    ([app(tcp=[443])], Family.V4, [PortMatch(("443",), ())]),
    ([app(udp=[123])], Family.V4, [PortMatch((), ("123",))]),
    ([PING], Family.V4, [IcmpMatch(("8",))]),
    ([PING], Family.V6, [IcmpMatch(("128",))]),
    ([app(icmp6=[135])], Family.V4, []),
    ([ESP, PING, DNS], Family.V4, [
        PortMatch(("53",), ("53",)), IcmpMatch(("8",)), ProtocolMatch(("50",)),
    ]),
])  # fmt: skip
def test_matches(apps: list[App], family: Family, matches: list[ServiceMatch]) -> None:
    assert list(service_matches(apps, family)) == matches
