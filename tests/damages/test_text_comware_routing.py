"""Damages in the routing of H3C's firewalls: the proof finds each, at its line."""

from __future__ import annotations

import re

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    Edit,
    before,
    both,
    damages_of,
    inside,
    judge_harmless,
    judge_sentence,
    line,
    without,
    without_peer,
    words,
)
from tests.damages.workshop import Workshop

HEAD, STANDBY, CITY, CENTER = "QN-GD-C-FW01", "QN-GD-C-FW02", "QN-H1-FW01", "GZ-DCB-FW01"
ABOVE, KEY = "10.149.132.128", "vault:bgp-guiding-c-1"  # the router of the prefecture
BELOW = "10.144.100.129"  # a hospital of the county
UP, UP6 = "10.147.13.0", "2001:db8:9300:fff::"  # the router that a city's hospital is at
PORT = "interface Tunnel100 mode gre"  # over the circuit to the router
ACTIVE, SESSION = "  peer {} enable", " peer {} as-number"


def at(peer: str) -> str:
    return ACTIVE.format(peer)


ROWS = (
    # Who speaks.
    ("a session missing", HEAD, without_peer(BELOW),
     "missing", "bgp ", rf"neighbour {BELOW} \(.*\) is missing: `peer {BELOW} as-number"),
    ("a session more", HEAD, words(" peer ", " peer 192.0.2.1 as-number 65000\n peer "),
     "excess", " peer 192.0.2.1", r"192\.0\.2\.1 is not in the plan: `undo peer 192\.0\.2\.1`"),
    ("no process", CITY, without("bgp "), "missing", NOWHERE, r"`bgp \d+` is missing"),
    ("another own AS", HEAD, words("\nbgp 4209004000\n", "\nbgp 65001\n"),
     "session", "bgp ", r"^AS 65001 .*`bgp 4209004000`"),
    ("a pretended AS", HEAD, words(
        f" peer {ABOVE} ttl", f" peer {ABOVE} fake-as 65001\n peer {ABOVE} ttl"),
     "session", SESSION.format(ABOVE), r"speaks as AS 65001: `undo peer … fake-as`"),
    ("a neighbour's wrong AS", HEAD, words(
        f"{ABOVE} as-number 4209000000", f"{ABOVE} as-number 65002"),
     "session", SESSION.format(ABOVE), r"remote AS 65002: the plan says 4209000000"),
    ("another router id", HEAD, words(" router-id 10.", " router-id 11."),
     "session", "bgp ", r"router id 11\."),
    ("a session shut", HEAD, words(
        f" peer {ABOVE} ttl", f" peer {ABOVE} ignore\n peer {ABOVE} ttl"),
     "session", SESSION.format(ABOVE), r"is shut down: `undo peer … ignore`"),
    ("all sessions shut", CITY, words(" router-id", " ignore all-peers\n router-id"),
     "session", " peer ", "is shut down"),
    # How.
    ("no key", HEAD, line(f" peer {ABOVE} password simple {KEY}"),
     "session", SESSION.format(ABOVE), r"not the plan's reference: `peer … password \{simple"),
    ("another's key", HEAD, words(KEY, "vault:bgp-other"),
     "session", SESSION.format(ABOVE), "its key is not the plan's"),
    ("the key itself", HEAD, words(KEY, "abracadabra"),
     "session", SESSION.format(ABOVE), "its key is not the plan's"),
    ("packets from afar", HEAD, line(f" peer {ABOVE} ttl-security hops 1"),
     "session", SESSION.format(ABOVE), "hears packets from farther away: `peer … ttl-security"),
    ("no BFD", HEAD, line(f" peer {ABOVE} bfd single-hop"),
     "session", SESSION.format(ABOVE), "has no BFD: `peer … bfd`"),
    ("slow BFD", HEAD, inside(
        PORT, " bfd min-receive-interval 300", " bfd min-receive-interval 1000"),
     "session", SESSION.format(ABOVE), "BFD notices a loss after more than 900 ms"),
    ("BFD without its multiplier", HEAD, inside(PORT, " bfd detect-multiplier 3\n", ""),
     "session", SESSION.format(ABOVE), "BFD notices a loss after more than 900 ms"),
    ("BFD of the other kind", HEAD, words(
        f" peer {ABOVE} bfd single-hop", f" peer {ABOVE} bfd multi-hop"),
     "session", SESSION.format(ABOVE), "BFD notices a loss after more than 900 ms"),
    ("slow to come back", HEAD, line(f" peer {ABOVE} timer connect-retry 1"),
     "session", SESSION.format(ABOVE), "tries again after 32 s"),
    ("changes held back", HEAD, line(f" peer {ABOVE} route-update-interval 0"),
     "session", SESSION.format(ABOVE), "holds changes back 30 s: `peer … route-update-interval 0`"),
    ("slow to notice", HEAD, line(" timer keepalive 3 hold 9"),
     "session", SESSION.format(ABOVE), "keepalive 60 s, hold 180 s: `timer keepalive 3 hold 9`"),
    ("stale routes", HEAD, words(" router-id", " graceful-restart\n router-id"),
     "session", SESSION.format(ABOVE), "a dead neighbour's routes would stay"),
    ("from another interface", HEAD, words(
        f" peer {ABOVE} ttl", f" peer {ABOVE} connect-interface LoopBack0\n peer {ABOVE} ttl"),
     "session", SESSION.format(ABOVE), r"speaks from `"),
    ("an address taken by another", HEAD, inside(
        PORT, "\n bfd ", "\n ip address 192.0.2.1 30 sub\n ip address 192.0.2.5 30\n bfd "),
     "session", SESSION.format(ABOVE), "no interface of the main table has"),
    # What is exchanged.
    ("a family that is off", HEAD, line(at(ABOVE)),
     "session", SESSION.format(ABOVE), "carries other families than IPv4"),
    ("a family too many", CITY, words(at(UP6), f"{at(UP6)}\n{at(UP)}"),
     "session", SESSION.format(UP), "carries other families than IPv4"),
    ("no filter in", HEAD, line(f"  peer {ABOVE} prefix-list DEFAULT-V4 import"),
     "missing", at(ABOVE), "a direction has no filter: `peer … prefix-list`"),
    ("no filter out", HEAD, line(f"  peer {ABOVE} prefix-list QN-GD-C-V4 export"),
     "missing", at(ABOVE), "a direction has no filter"),
    ("told what nobody may tell", HEAD, line(f"  peer {BELOW} prefix-list DEFAULT-V4 export"),
     "excess", at(BELOW), r"may tell 8 prefixes, 10\.149\.128\.0/17 for one"),
    ("a filter that nothing defines", HEAD, words(
        f"{ABOVE} prefix-list DEFAULT-V4 import", f"{ABOVE} prefix-list NONE import"),
     "missing", f"  peer {ABOVE} prefix-list NONE", "prefix-list NONE is used and nothing defines"),
    ("which lets every route pass", HEAD, words(
        f"{ABOVE} prefix-list DEFAULT-V4 import", f"{ABOVE} prefix-list NONE import"),
     "excess", at(ABOVE), r"takes \d+ prefixes"),
    ("a policy that nothing defines", HEAD, words(
        at(ABOVE), f"{at(ABOVE)}\n  peer {ABOVE} route-policy NONE import"),
     "missing", f"  peer {ABOVE} route-policy NONE", "route-policy NONE is used and nothing"),
    ("a permit too much", HEAD, words(
        "\n ip prefix-list DEFAULT-V4 ", "\n ip prefix-list DEFAULT-V4 index 5 permit 10.0.0.0 14"
        "\n ip prefix-list DEFAULT-V4 "),
     "excess", at(ABOVE), r"takes 10\.0\.0\.0/14"),
    ("any route at all", HEAD, words(
        "prefix-list DEFAULT-V4 index 10 permit 0.0.0.0 0",
        "prefix-list DEFAULT-V4 index 10 permit 0.0.0.0 0 less-equal 32"),
     "excess", at(ABOVE), r"takes \d+ prefixes, 0\.0\.0\.0/1 for one"),
    ("a permit too few", HEAD, words(
        "DEFAULT-V4 index 10 permit 0.0.0.0 0", "DEFAULT-V4 index 10 deny 0.0.0.0 0"),
     "missing", at(ABOVE), r"does not take 0\.0\.0\.0/0"),
    ("a permit too much in IPv6", CITY, words(
        "\n ipv6 prefix-list DEFAULT-V6 ",
        "\n ipv6 prefix-list DEFAULT-V6 index 5 permit 2001:db8:: 32"
        "\n ipv6 prefix-list DEFAULT-V6 "),
     "excess", at(UP6), r"takes 2001:db8::/32"),
    ("an IPv4 list in IPv6", CITY, words(
        f"{UP6} prefix-list DEFAULT-V6 import", f"{UP6} prefix-list DEFAULT-V4 import"),
     "missing", f"  peer {UP6} prefix-list DEFAULT-V4", "ipv6 prefix-list DEFAULT-V4 is used and"),
    ("a metric by default", HEAD, words("  network ", "  default med 50\n  network "),
     "unread", "  default med", "would be told with that value"),
    ("the own block not told", HEAD, words(
        "prefix-list QN-GD-C-V4 index 10 permit", "prefix-list QN-GD-C-V4 index 10 deny"),
     "missing", at(ABOVE), "cannot tell"),
    ("no limit", HEAD, line(f"  peer {ABOVE} route-limit 10 reconnect 60"),
     "missing", at(ABOVE), "no limit of at least"),
    ("a limit that only warns", HEAD, words(
        f"{ABOVE} route-limit 10 reconnect 60", f"{ABOVE} route-limit 10 alert-only"),
     "missing", at(ABOVE), "no limit of at least"),
    ("a limit that only discards", HEAD, words(
        f"{ABOVE} route-limit 10 reconnect 60", f"{ABOVE} route-limit 10 discard"),
     "missing", at(ABOVE), "no limit of at least"),
    ("more than prefixes asked for", HEAD, both(
        words(at(ABOVE), f"{at(ABOVE)}\n  peer {ABOVE} as-path-acl 1 import"),
        words("\n ip prefix-list", "\n ip as-path 1 permit ^65000$\n ip prefix-list")),
     "session", at(ABOVE), "filter in asks for more than prefixes"),
    ("a standby's metric lost", STANDBY, line(
        "  peer 10.149.132.130 route-policy METRIC-200 export"),
     "session", at("10.149.132.130"), "tells routes with metric 0: the plan says 200"),
    ("another metric", STANDBY, words(" apply cost 200", " apply cost 20"),
     "session", at("10.149.132.130"), "tells routes with metric 20: the plan says 200"),
    ("a preference that the plan does not know", STANDBY, words(
        " apply cost 200", " apply cost 200\n apply local-preference 300"),
     "session", at("10.149.132.130"), "changes what the plan leaves as it is"),
    # What begins here.
    ("the own block lost", HEAD, line("  network 10.149.128.0 255.255.128.0"),
     "missing", "bgp ", r"10\.149\.128\.0/17 does not begin here: `network"),
    ("routes of interfaces", HEAD, words("  network ", "  import-route direct\n  network "),
     "excess", "  import-route", "routes of `direct` must not begin here"),
    ("an aggregate in place of the block", HEAD, line(
        "  network 10.149.128.0 255.255.128.0", "  aggregate 10.149.128.0 255.255.128.0"),
     "session", "  aggregate ", "begins as aggregate: `network"),
    ("a default route of the head's own", HEAD, words(
        f"  peer {BELOW} prefix-list", f"  peer {BELOW} default-route-advertise\n"
        f"  peer {BELOW} prefix-list"),
     "excess", at(BELOW), "a default route begins here"),
    # Where packets go.
    ("a static route to the wrong place", CENTER, words(
        "ip route-static 10.12.0.0 20 10.4.100.79", "ip route-static 10.12.0.0 20 10.4.100.70"),
     "session", " ip route-static 10.12", r"by 10\.4\.100\.70: .*10\.12\.0\.0/20 10\.4\.100\.79"),
    ("a static route lost", CENTER, line(" ip route-static 10.12.0.0 20 10.4.100.79"),
     "missing", NOWHERE, r"no static route to 10\.12\.0\.0/20: `ip route-static"),
    ("a static route more", CENTER, words(
        "\n ip route-static", "\n ip route-static 10.99.0.0 16 10.4.0.1\n ip route-static"),
     "excess", " ip route-static 10.99", r"10\.99\.0\.0/16 by 10\.4\.0\.1 is not in the plan"),
    ("a block not thrown away", HEAD, line(" ip route-static 10.149.128.0 17 NULL0 preference 250"),
     "missing", NOWHERE, r"no static route to 10\.149\.128\.0/17: .*NULL0"),
    ("a route in another table", CENTER, words(
        " ip route-static 10.12.0.0", " ip route-static vpn-instance MGMT 10.12.0.0"),
     "missing", NOWHERE, r"no static route to 10\.12\.0\.0/20"),
    ("a route that stays", CENTER, words(
        "10.12.0.0 20 10.4.100.79", "10.12.0.0 20 10.4.100.79 permanent"),
     "session", " ip route-static 10.12", "stays when its line is down"),
    ("a route that follows what does not run", CENTER, both(
        words("10.12.0.0 20 10.4.100.79", "10.12.0.0 20 10.4.100.79 track 1"),
        before(" ip route-static ", "track 1 nqa entry admin edge reaction 1\n#\n")),
     "session", " ip route-static 10.12", "which does not run"),
    # Lines that nobody reads.
    ("a word that BGP does not know", HEAD, words(f" peer {ABOVE} ttl-s", f" peer {ABOVE} tlt-s"),
     "unread", f" peer {ABOVE} tlt-s", "tlt-security"),
    ("a command in the wrong view", HEAD, words(
        " router-id", " network 10.0.0.0 255.0.0.0\n router-id"),
     "unread", " network 10.0.0.0", "no such command is known in this view"),
    ("reflection", HEAD, words(at(ABOVE), f"{at(ABOVE)}\n  peer {ABOVE} reflect-client"),
     "unread", f"  peer {ABOVE} reflect", "reflection is not modelled"),
    ("another protocol", CITY, before("bgp ", "ospf 1\n area 0\n#\n"), "unread", "ospf 1", "ospf"),
    ("another protocol at a centre", CENTER, before(" ip route-static ", "ospf 1\n area 0\n#\n"),
     "unread", "ospf 1", "ospf"),
    ("a head that nobody knows", CITY, before("bgp ", "frobnicate 7\n#\n"),
     "unread", "frobnicate 7", "frobnicate"),
    ("a list that nothing binds", HEAD, before(" ip prefix-list ",
        " ip prefix-list OLD index 10 permit 10.0.0.0 8\n"),
     "hygiene", " ip prefix-list OLD", "prefix-list OLD is bound nowhere"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge_sentence(workshop, damage)


def test_there_are_damages() -> None:
    assert len(DAMAGES) > 60


def test_a_key_is_in_no_finding(workshop: Workshop) -> None:
    """Neither in one about the key, nor in one about a line that was not understood."""
    for old, new in (
        (f"password simple {KEY}", "password simple abracadabra"),
        (f"password simple {KEY}", "pasword simple abracadabra"),
        (f"password simple {KEY}", "pass simpel abracadabra"),
        (f"password simple {KEY}", "keychain abracadabra abracadabra"),
    ):
        found = workshop.prove(HEAD, words(old, new)(workshop.text(HEAD)))
        assert found
        assert not any("abracadabra" in str(one) for one in found)


HARMLESS = (
    ("other indices", HEAD, words("QN-GD-C-V4 index 10 permit", "QN-GD-C-V4 index 7 permit")),
    ("groups", HEAD, words(f" peer {ABOVE} timer connect-retry 1",
        f" group G external\n peer G timer connect-retry 1\n peer {ABOVE} group G")),
    ("shortened words", HEAD, both(
        words(f" peer {ABOVE} timer connect-retry 1", f" Pe {ABOVE} tim conn 1"),
        words("  network 10.149.128.0 255.255.128.0", "  net 10.149.128.0 255.255.128.0"))),
    ("another way to write a length", HEAD, words(
        "10.149.128.0 17 NULL0", "10.149.128.0 255.255.128.0 null 0")),
    ("a limit that is wider", HEAD, words(f"{ABOVE} route-limit 10", f"{ABOVE} route-limit 900")),
    ("a session that comes back", HEAD, words(
        f"{ABOVE} route-limit 10 reconnect 60", f"{ABOVE} route-limit 10 reconnect 30 90")),
    ("the kind of BFD left to the device", HEAD, words(
        f" peer {ABOVE} bfd single-hop", f" peer {ABOVE} bfd")),
    ("a description lost", HEAD, lambda text: re.sub(rf" peer {ABOVE} description .*\n", "", text)),
)  # fmt: skip


@pytest.mark.parametrize(("device", "edit"), [row[1:] for row in HARMLESS],
                         ids=[row[0] for row in HARMLESS])  # fmt: skip
def test_a_harmless_edit_stays_equal(workshop: Workshop, device: str, edit: Edit) -> None:
    judge_harmless(workshop, device, edit)
