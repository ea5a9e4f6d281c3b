"""Damages in a text of Cisco's zone firewall: the proof finds each, at its line, with a packet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    Edit,
    before,
    both,
    cut_after,
    damages_of,
    inside,
    judge,
    without,
    without_line,
)
from tests.damages.workshop import Workshop

HEAD, HOSPITAL, CITY = "LPS-LZ-C-FW01", "LPS-LZ-H1-FW01", "LPS-H1-FW01"
PAIRED = "LPS-LZ-H1-FW02"
PORT = "interface GigabitEthernet0/0/1"
IMAGES = "ip access-list extended WAN-IMAGING-v4"  # to the hospital's archive
ARCHIVE = " permit tcp 10.36.129.0 0.0.0.127 10.32.33.0 0.0.0.127 eq 2762"
BOX = "ip access-list extended WAN-self-v4"
LAST, REST = " deny   ip any any", " class class-default"  # of a list, of a policy
TOP = "!"  # the first line: of what no line says
POLICY, PAIR = "policy-map type inspect", "zone-pair security"

# name, device, edit, kind, how the line begins that the finding names, what it says
ROWS = (
    # Services.
    ("a port of a rule dropped", HOSPITAL, without_line(BOX, "10.0.150.10 host 10.32.32.193 eq 22"),
     "missing", REST, r"^tcp 10\.0\.150\.10:0 -> 10\.32\.32\.193:22 from .*\(WAN\) to LOCAL"),
    ("a port changed", HOSPITAL, inside(IMAGES, f"{ARCHIVE}\n", f"{ARCHIVE[:-1]}3\n"),
     "excess", f"{ARCHIVE[:-1]}3", r"^tcp 10\.36\.129\.0:0 -> 10\.32\.33\.0:2763 from .*\(WAN\)"),
    ("a port widened to a range", HOSPITAL, inside(
        IMAGES, f"{ARCHIVE}\n", f"{ARCHIVE.replace('eq', 'range')} 2763\n"),
     "excess", " permit tcp 10.36.129.0", r":2763 from .*\(WAN\) to .*\(IMAGING\)"),
    ("a port left out", HOSPITAL, inside(IMAGES, f"{ARCHIVE}\n", f"{ARCHIVE[:-8]}\n"),
     "excess", " permit tcp 10.36.129.0", r"^tcp .*:0 from .*\(WAN\) to .*\(IMAGING\)"),
    ("a range cut short", HOSPITAL, inside(
        "ip access-list extended VIDEO-WAN-v4", "range 20000 20099", "range 20000 20098"),
     "missing", REST, r"^udp \S+ -> \S+:20099 from .*\(VIDEO\)"),
    ("a source port asked for", HOSPITAL, inside(
        IMAGES, "10.36.129.0 0.0.0.127 10", "10.36.129.0 0.0.0.127 gt 1023 10"),
     "missing", REST, r"^tcp 10\.36\.129\.0:0 -> 10\.32\.33\.0:2762"),
    ("answers alone", HOSPITAL, inside(IMAGES, f"{ARCHIVE}\n", f"{ARCHIVE} established\n"),
     "missing", REST, r"^tcp 10\.36\.129\.0:0 -> 10\.32\.33\.0:2762"),
    ("another protocol", HOSPITAL, inside(IMAGES, ARCHIVE, ARCHIVE.replace("tcp", "udp")),
     "excess", " permit udp 10.36.129.0", r"^udp \S+ -> \S+:2762"),
    ("every protocol", HOSPITAL, inside(IMAGES, ARCHIVE, ARCHIVE.replace("tcp", "ip")[:-8]),
     "excess", " permit ip 10.36.129.0", r"10\.36\.129\.0.* -> 10\.32\.33\.0"),
    ("another ICMP type", HOSPITAL, inside(BOX, "10.32.32.193 echo", "10.32.32.193 echo-reply"),
     "missing", REST, r"^icmp type 8 code 0 .* \(WAN\) to LOCAL"),
    ("VRRP's number", HOSPITAL, inside(
        "ip access-list extended VIDEO-self-PASS-v4", "permit 112", "permit 113"),
     "missing", REST, r"^protocol 112 \S+ -> 224\.0\.0\.18 from .*\(VIDEO\) to LOCAL"),
    # Addresses.
    ("a wildcard widened", HOSPITAL, inside(
        IMAGES, "10.36.129.0 0.0.0.127", "10.36.129.0 0.0.0.255"),
     "excess", " permit tcp 10.36.129.0", r"^tcp 10\.36\.129\.128:0 -> \S+:2762"),
    ("a wildcard with a gap", HOSPITAL, inside(
        IMAGES, "10.36.129.0 0.0.0.127", "10.36.129.0 0.0.1.127"),
     "excess", " permit tcp 10.36.129.0", r"^tcp 10\.36\.128\.0:0 -> \S+:2762"),
    ("a netmask for a wildcard", HOSPITAL, inside(
        IMAGES, "10.36.129.0 0.0.0.127", "10.36.129.0 255.255.255.128"),
     "unread", " permit tcp 10.36.129.0", "separate ranges"),
    ("a mask widened in a group", HOSPITAL, inside(
        "object-group network TW-VIDEO-LIUZHI", "255.255.255.240", "255.255.255.0"),
     "excess", " permit ", r"10\.36\.144\.\d+:0 -> 10\.32\.32\.128"),
    ("an address line dropped", HOSPITAL, inside(
        "object-group network TW-VIDEO-LIUZHI", " 10.36.144.16 255.255.255.240\n", ""),
     "missing", REST, r"10\.36\.144\.16:0 -> 10\.32\.32\.128:5061"),
    ("an address line added", HOSPITAL, inside(
        "object-group network TW-VIDEO-LIUZHI", " 10.36", " host 10.99.0.1\n 10.36"),
     "excess", " permit ", r"10\.99\.0\.1:0 -> 10\.32\.32\.128"),
    ("every address in a group", HOSPITAL, inside(
        "object-group network TW-VIDEO-LIUZHI", " 10.36.144.16 255.255.255.240",
        " 0.0.0.0 0.0.0.0"),
     "excess", " permit ", r"^(tcp|udp) 0\.0\.0\.0:0 -> 10\.32\.32\.128"),
    ("any source", HOSPITAL, inside(IMAGES, "10.36.129.0 0.0.0.127 10", "any 10"),
     "excess", " permit tcp any", r"^tcp 0\.0\.0\.0:0 -> 10\.32\.33\.0:2762"),
    ("a group that there is not", HOSPITAL, inside(
        IMAGES, "object-group CH-IMAGING-LIUPANSHUI", "object-group NOBODY"),
     "unread", " permit tcp object-group NOBODY", "NOBODY"),
    ("an IPv6 prefix opened", CITY, inside(
        "ipv6 access-list WAN-VIDEO-v6", "2001:DB8:410:14::/64", "2001:DB8:410::/48"),
     "excess", " permit tcp 2001:DB8:410::/48", r"^tcp \[2001:db8:410::\]:0 -> "),
    ("an IPv6 line dropped", CITY, without_line(
        "ipv6 access-list WAN-self-v6", "A00:96::A host 2001:DB8:2300:FFE::1 eq 830"),
     "missing", REST, r"^tcp \[2001:db8:a00:96::a\]:0 -> .*:830 from .*\(WAN\)"),
    # Rules and their order.
    ("a missing rule", HOSPITAL, without_line(IMAGES, ARCHIVE.strip()),
     "missing", REST, r"^tcp 10\.36\.129\.0:0 -> 10\.32\.33\.0:2762"),
    ("a deny above the permits", HOSPITAL, inside(
        IMAGES, " remark", " deny ip 10.36.129.4 0.0.0.3 any\n remark"),
     "missing", REST, r"^tcp 10\.36\.129\.4:0 -> 10\.32\.33\.0:2762"),
    ("a permit turned to deny", HOSPITAL, inside(
        IMAGES, ARCHIVE, ARCHIVE.replace("permit", "deny")),
     "missing", REST, r"^tcp 10\.36\.129\.0:0 -> 10\.32\.33\.0:2762"),
    ("a list opened", HOSPITAL, inside(IMAGES, LAST, " permit ip any any"),
     "excess", " permit ip any any", r" from .*\(WAN\) to .*\(IMAGING\)"),
    ("a list opened before all", HOSPITAL, inside(
        IMAGES, " remark", " permit tcp any any\n remark"),
     "excess", " permit tcp any any", r"^tcp .* from .*\(WAN\) to .*\(IMAGING\)"),
    ("a list lost", HOSPITAL, without(IMAGES),
     "unread", " match access-group name WAN-IMAGING-v4", "WAN-IMAGING-v4"),
    ("an entry by number", HOSPITAL, inside(
        IMAGES, " remark", " 5 permit tcp any any eq 104\n remark"),
     "excess", " 5 permit tcp any any eq 104", r"^tcp 0\.0\.0\.0:0 -> 0\.0\.0\.0:104"),
    # Classes and policies.
    ("a pass in place of inspect", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", "  inspect", "  pass"),
     "missing", TOP, "replies to permitted openings do not pass"),
    ("an inspect of all", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", " class class-default\n  drop log",
        " class class-default\n  inspect"),
     "unread", "  inspect", "class-default"),
    ("a pass of all", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", " class class-default\n  drop log",
        " class class-default\n  pass"),
     "excess", REST, r" from .*\(WAN\) to .*\(IMAGING\)"),
    ("a class that drops", HOSPITAL, inside(f"{POLICY} WAN-IMAGING", "  inspect", "  drop log"),
     "missing", " permit tcp host 10.12.4.2", r"^tcp .*:2762 from .*\(WAN\) to .*\(IMAGING\)"),
    ("a class lost", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", " class type inspect WAN-IMAGING-v4\n  inspect\n", ""),
     "missing", REST, r"^tcp .*:2762 from .*\(WAN\) to .*\(IMAGING\)"),
    ("a class of another way", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", "WAN-IMAGING-v4", "WAN-DMZ-v4"),
     "excess", " permit tcp host 10.12.8.2", r"^tcp \S+ -> .* from .*\(WAN\) to .*\(IMAGING\)"),
    ("a class of another list", HOSPITAL, inside(
        "class-map type inspect match-all WAN-IMAGING-v4", "name WAN-IMAGING-v4",
        "name WAN-DMZ-v4"),
     "missing", REST, r"^tcp \S+ -> 10\.32\.33\.\S+:2762 from .*\(WAN\) to .*\(IMAGING\)"),
    ("VRRP inspected", HOSPITAL, inside(f"{POLICY} VIDEO-self", "  pass", "  inspect"),
     "missing", " permit 112 ", r"^protocol 112 .* from .*\(VIDEO\) to LOCAL"),
    ("the log of the last drop lost", HOSPITAL, both(
        inside(f"{POLICY} WAN-IMAGING", "  drop log", "  drop"),
        without("parameter-map type inspect-global")),
     "unlogged", TOP, "not logged"),
    # Zones, their pairs and members.
    ("an interface in another zone", HOSPITAL, inside(
        f"{PORT}.40", "zone-member security IMAGING", "zone-member security OFFICE"),
     "missing", TOP, r":2762 from .* to GigabitEthernet0/0/1\.40 \(IMAGING\)"),
    ("which opens other ways", HOSPITAL, inside(
        f"{PORT}.80", "zone-member security GUEST", "zone-member security MGMT"),
     "excess", " permit udp ", r"from GigabitEthernet0/0/1\.80 \(GUEST\) to .*\(WAN\)"),
    ("an interface in no zone", HOSPITAL, inside(
        f"{PORT}.40", " zone-member security IMAGING\n", ""),
     "excess", "", r"from GigabitEthernet0/0/1\.40 \(IMAGING\) to LOCAL"),
    ("an interface in a zone that there is not", HOSPITAL, inside(
        f"{PORT}.40", "zone-member security IMAGING", "zone-member security NOBODY"),
     "unread", " zone-member security NOBODY", "NOBODY"),
    ("a pair lost", HOSPITAL, without(f"{PAIR} WAN-IMAGING"),
     "missing", TOP, r"from .*\(WAN\) to .*\(IMAGING\) must pass"),
    ("a pair with the box lost", HOSPITAL, without(f"{PAIR} GUEST-self"),
     "excess", "zone security GUEST", r"from .*\(GUEST\) to LOCAL \(LOCAL\) passes"),
    ("a zone's pair with itself lost", HEAD, without(f"{PAIR} DOWN-DOWN"),
     "excess", "zone security DOWN", r"\(DOWN\) to .*\(DOWN\) passes"),
    ("a pair more", HOSPITAL, before(f"{PAIR} WAN-WAN", (
        f"{PAIR} GUEST-OFFICE source GUEST destination OFFICE\n"
        " service-policy type inspect WAN-IMAGING\n")),
     "excess", " permit tcp ", r"from .*\(GUEST\) to .*\(OFFICE\) passes"),
    ("a pair the other way round", HOSPITAL, inside(
        f"{PAIR} OFFICE-WAN", "source OFFICE destination WAN", "source WAN destination OFFICE"),
     "excess", " permit ", r"from .*\(WAN\) to .*\(OFFICE\) passes"),
    ("a pair's policy exchanged", HOSPITAL, inside(
        f"{PAIR} WAN-IMAGING", "inspect WAN-IMAGING\n", "inspect WAN-DMZ\n"),
     "excess", " permit ", r"from .*\(WAN\) to .*\(IMAGING\) passes"),
    ("a pair without a policy", HOSPITAL, inside(
        f"{PAIR} WAN-IMAGING source", " service-policy type inspect WAN-IMAGING\n", ""),
     "missing", TOP, r"from .*\(WAN\) to .*\(IMAGING\) must pass"),
    ("a zone lost", HOSPITAL, without("zone security IMAGING"),
     "unread", f"{PAIR} WAN-IMAGING", "there is no zone IMAGING"),
    # Interfaces.
    ("an interface shut", HOSPITAL, inside(f"{PORT}.40", " zone-member", " shutdown\n zone-member"),
     "missing", TOP, r"\(IMAGING\) to .*\(WAN\)"),
    ("another VLAN on an interface", HOSPITAL, inside(f"{PORT}.20", "dot1Q 20", "dot1Q 21"),
     "binding", NOWHERE, r"1\.20: VLAN 21 in place of 20$"),
    ("another address on an interface", HOSPITAL, inside(
        f"{PORT}.20", "10.32.32.130", "10.32.32.131"),
     "binding", NOWHERE, r"addresses 10\.32\.32\.131/27 in place of 10\.32\.32\.130/27$"),
    ("another mask on an interface", HOSPITAL, inside(
        f"{PORT}.20", "255.255.255.224", "255.255.255.192"),
     "binding", NOWHERE, r"addresses 10\.32\.32\.130/26 in place of 10\.32\.32\.130/27$"),
    ("a list on an interface", HOSPITAL, both(
        inside(f"{PORT}.40", " zone-member", " ip access-group NONE in\n zone-member"),
        before(IMAGES, "ip access-list extended NONE\n deny ip any any\n!\n")),
     "missing", " deny ip any any", r"from .*\(IMAGING\)"),
    # Who may log in.
    ("both lists of who may log in opened", HOSPITAL, both(
        inside("ip access-list standard MANAGERS", "10.0.150.10", "10.0.150.0 0.0.0.255"),
        inside(BOX, "host 10.0.150.10 host", "10.0.150.0 0.0.0.255 host")),
     "excess", " permit ", r"^tcp 10\.0\.150\.0:0 -> \S+:22 from .*\(WAN\) to LOCAL"),
    ("any line without its list", HOSPITAL, both(
        inside("line vty 5 15", " access-class MANAGERS in\n", ""),
        inside(BOX, "host 10.0.150.10 host", "10.0.150.0 0.0.0.255 host")),
     "excess", " permit tcp 10.0.150.0", r"^tcp 10\.0\.150\.0:0 -> \S+:22 from .*\(WAN\)"),
    ("the bastion may not log in", HOSPITAL, without_line(
        "ip access-list standard MANAGERS", " permit 10.4.150.10"),
     "missing", " deny   any log", r"^tcp 10\.4\.150\.10:0 -> .*:22 from .*\(WAN\) to LOCAL"),
    ("Telnet, and its port", HOSPITAL, both(
        inside("line vty 0 4", "transport input ssh", "transport input telnet ssh"),
        inside(BOX, "host 10.32.32.193 eq 22", "host 10.32.32.193 range 22 telnet")),
     "excess", " permit tcp host 10.0.150.10", r"-> 10\.32\.32\.193:23 from .*\(WAN\) to LOCAL"),
    ("a web server, and its port", HOSPITAL, both(
        before("ip ssh", "ip http server\n"),
        inside(BOX, LAST, f" permit tcp any any eq www\n{LAST}")),
     "excess", " permit tcp any any eq www", r":80 from .*\(WAN\) to LOCAL"),
    ("IPv6 routing lost", CITY, lambda text: text.replace("ipv6 unicast-routing\n", ""),
     "missing", TOP, r"\[2001:db8:\S+ -> "),
    # Text.
    ("an unknown line in a list", HOSPITAL, inside(IMAGES, LAST, f" frobnicate all\n{LAST}"),
     "unread", " frobnicate all", "frobnicate all"),
    ("an unknown line in a policy", HOSPITAL, inside(
        f"{POLICY} WAN-IMAGING", "  inspect", "  police rate 8000\n  inspect"),
     "unread", "  police rate", "police"),
    ("translation of addresses", HOSPITAL, before(
        IMAGES, "ip nat inside source static 10.32.33.4 192.0.2.1\n!\n"),
     "unread", "ip nat inside source", "ip nat"),
    ("a text cut inside a list", HOSPITAL, cut_after(IMAGES, "permit tcp 10.36"),
     "unread", " permit tcp 10.36", "10.36"),
    ("nothing but a name", HOSPITAL, lambda _: f"hostname {HOSPITAL}\n!\nend\n",
     "missing", NOWHERE, r"^no static route"),
    ("a group that no rule uses", HOSPITAL, before(
        IMAGES, "object-group network IDLE\n host 10.9.9.9\n!\n"),
     "hygiene", NOWHERE, "IDLE"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge(workshop, damage)


@pytest.mark.parametrize("damage", [
    one for one in DAMAGES if one.name in (
        "a port widened to a range", "a list opened", "an interface in another zone",
        "a pair with the box lost", "another VLAN on an interface", "a mask widened in a group",
    )
], ids=lambda damage: damage.name)  # fmt: skip
def test_a_damage_of_the_second_member_is_found(workshop: Workshop, damage: Damage) -> None:
    """Right after the sound first one, whose reading and comparison are kept."""
    workshop.prove(damage.device, workshop.text(damage.device))
    judge(workshop, replace(damage, device=PAIRED))


def test_there_are_damages() -> None:
    assert len(DAMAGES) > 55


@pytest.mark.parametrize("edit", [
    before("ip ssh", "ip http server\n"),
    inside("line vty 0 4", "transport input ssh", "transport input telnet"),
], ids=("a web server", "Telnet"))  # fmt: skip
def test_what_nobody_reaches_is_told_of_the_plane_alone(workshop: Workshop, edit: Edit) -> None:
    """No packet comes in by it; that it listens behind closed ports is not as meant."""
    text = workshop.text(HOSPITAL)
    assert edit(text) != text
    found = workshop.prove(HOSPITAL, edit(text))
    assert {one.kind for one in found} == {"function", "management"}
