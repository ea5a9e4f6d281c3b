"""Damages in the routing of Huawei routers and firewalls: the proof finds each, at its line."""

from __future__ import annotations

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
from tests.damages.workshop import CENTER, CITY, HEAD, HOSPITAL, Workshop

CORE, ROUTER = "GZ-DCA-CR01", "BJ-H1-AR01"
STANDBY = "BJ-WN-C-FW02"
UP, PARTNER, BELOW = "10.83.13.16", "10.83.13.25", "10.87.4.129"  # of the aggregation router
FIBRE, EDGE = "10.0.2.27", "10.0.100.70"  # of the core router
ABOVE, HOSPITAL1 = "10.87.4.128", "10.80.196.129"  # of the county head
ACTIVE = "  peer {} enable"


def at(peer: str) -> str:
    return ACTIVE.format(peer)


SESSION = " peer {} as-number"
ROWS = (
    # Who speaks.
    ("a session missing", ROUTER, without_peer(BELOW),
     "missing", "bgp ", rf"neighbour {BELOW} \(BJ-WN-C-FW01\) is missing: `peer {BELOW} as-number"),
    ("a session more", ROUTER, words(
        SESSION.format(UP), " peer 192.0.2.1 as-number 65000\n" + SESSION.format(UP)),
     "excess", " peer 192.0.2.1", r"192\.0\.2\.1 is not in the plan: `undo peer 192\.0\.2\.1`"),
    ("no process", HEAD, without("bgp "), "missing", NOWHERE, r"`bgp 4205007000` is missing"),
    ("another own AS", ROUTER, words("bgp 4205000000", "bgp 4205000001"),
     "session", "bgp ", r"^AS 4205000001 .*`bgp 4205000000`"),
    ("a pretended AS", ROUTER, words(
        f" peer {UP} valid", f" peer {UP} fake-as 65001\n peer {UP} valid"),
     "session", SESSION.format(UP), r"speaks as AS 65001: `undo peer … fake-as`"),
    ("a neighbour's wrong AS", ROUTER, words(f"{UP} as-number 64512", f"{UP} as-number 64513"),
     "session", SESSION.format(UP), r"remote AS 64513: the plan says 64512"),
    ("another router id", HEAD, words("router-id 10.", "router-id 11."),
     "session", "bgp ", r"router id 11\."),
    ("a session shut", ROUTER, words(f" peer {UP} valid", f" peer {UP} ignore\n peer {UP} valid"),
     "session", SESSION.format(UP), r"is shut down: `undo peer … ignore`"),
    # How.
    ("no key", ROUTER, line(f" peer {UP} password cipher vault:bgp-bijie-a1"),
     "session", SESSION.format(UP), r"key is not the plan's reference: `peer … password cipher"),
    ("another's key", ROUTER, words("vault:bgp-bijie-a1", "vault:bgp-bijie-b1"),
     "session", SESSION.format(UP), "its key is not the plan's"),
    ("the key itself", ROUTER, words("vault:bgp-bijie-a1", "abracadabra"),
     "session", SESSION.format(UP), "its key is not the plan's"),
    ("packets from afar", ROUTER, line(f" peer {UP} valid-ttl-hops 1"),
     "session", SESSION.format(UP), "hears packets from farther away: `peer … valid-ttl-hops 1`"),
    ("no BFD", HEAD, line(f" peer {ABOVE} bfd enable"),
     "session", SESSION.format(ABOVE), "has no BFD"),
    ("BFD off altogether", HEAD, line("bfd"), "session", SESSION.format(ABOVE), "has no BFD"),
    ("slow BFD", HEAD, words("min-rx-interval 300", "min-rx-interval 1000"),
     "session", " peer ", "BFD notices a loss after more than 900 ms"),
    ("slow to come back", ROUTER, line(f" peer {UP} timer connect-retry 1"),
     "session", SESSION.format(UP), "tries again after 32 s"),
    ("changes held back", ROUTER, line(f" peer {UP} route-update-interval 0"),
     "session", SESSION.format(UP), "holds changes back 30 s: `peer … route-update-interval 0`"),
    ("slow to notice", ROUTER, line(" timer keepalive 3 hold 9"),
     "session", SESSION.format(UP), "keepalive 60 s, hold 180 s: `timer keepalive 3 hold 9`"),
    ("stale routes", ROUTER, words(" router-id", " graceful-restart\n router-id"),
     "session", SESSION.format(UP), "a dead neighbour's routes would stay"),
    ("from another interface", CORE, words(
        f"{EDGE} connect-interface LoopBack0", f"{EDGE} connect-interface GigabitEthernet0/0/1"),
     "session", SESSION.format(EDGE), r"speaks from `10\.0\.2\.16`: .*10\.0\.1\.50"),
    ("from wherever", CORE, line(f" peer {EDGE} connect-interface LoopBack0"),
     "session", SESSION.format(EDGE), "speaks from ``"),
    ("not beyond the firewall", CORE, line(f" peer {EDGE} ebgp-max-hop 3"),
     "session", SESSION.format(EDGE), "cannot cross the firewall"),
    ("an address in another table", ROUTER, inside(
        "interface Tunnel0/0/0", " ip address", " ip binding vpn-instance MGMT\n ip address"),
     "session", SESSION.format(UP), "no interface of the main table has 10.83.13.17|farther"),
    # What is exchanged.
    ("no filter in", ROUTER, line(f"  peer {UP} ip-prefix CORE-BJ-V4 import"),
     "missing", at(UP), "a direction has no filter"),
    ("no filter out", ROUTER, line(f"  peer {UP} ip-prefix BJ-V4 export"),
     "missing", at(UP), "a direction has no filter"),
    ("told what nobody may tell", ROUTER, line(f"  peer {UP} ip-prefix BJ-V4 export"),
     "excess", at(UP), "may tell"),
    ("a filter that nothing defines", ROUTER, words(
        f"{UP} ip-prefix BJ-V4 export", f"{UP} ip-prefix BJ export"),
     "missing", f"  peer {UP} ip-prefix BJ export", "ip-prefix BJ is used and nothing defines it"),
    ("a permit too much", ROUTER, words(
        "ip ip-prefix BJ-WN-C-V4 ", "ip ip-prefix BJ-WN-C-V4 index 5 permit 10.0.0.0 14\n"
        "ip ip-prefix BJ-WN-C-V4 "),
     "excess", at(BELOW), r"takes 10\.0\.0\.0/14"),
    ("longer ones too", ROUTER, words(
        "BJ-WN-C-V4 index 70 permit 10.87.0.0 17",
        "BJ-WN-C-V4 index 70 permit 10.87.0.0 17 less-equal 18"),
     "excess", at(BELOW), r"takes 2 prefixes, 10\.87\.0\.0/18 for one"),
    ("a permit too few", ROUTER, line("ip ip-prefix CORE-BJ-V4 index 20 permit 10.4.0.0 14"),
     "missing", at(UP), r"does not take 10\.4\.0\.0/14"),
    ("a deny before all", ROUTER, words(
        "ip ip-prefix CORE-BJ-V4 ", "ip ip-prefix CORE-BJ-V4 index 1 deny 10.4.0.0 14\n"
        "ip ip-prefix CORE-BJ-V4 "),
     "missing", at(UP), r"does not take 10\.4\.0\.0/14"),
    ("no service passed on", CORE, words(
        "CORE-V4 index 30 permit 10.12.0.0 20 greater-equal 32 less-equal 32",
        "CORE-V4 index 30 permit 10.12.0.0 21 greater-equal 32 less-equal 32"),
     "missing", at(FIBRE), r"cannot tell 2048 prefixes, 10\.12\.8\.0/32 for one"),
    ("a hospital not passed on", HEAD, line(
        "ip ip-prefix BJ-WN-C-V4 index 10 permit 10.80.192.0 20"),
     "missing", at(ABOVE), r"cannot tell 10\.80\.192\.0/20"),
    ("no limit", ROUTER, line(f"  peer {UP} route-limit 198"),
     "missing", at(UP), "no limit of at least"),
    ("a limit that only warns", ROUTER, words(
        f"{UP} route-limit 198", f"{UP} route-limit 198 alert-only"),
     "missing", at(UP), "no limit of at least"),
    ("a limit too small", ROUTER, words(f"{UP} route-limit 198", f"{UP} route-limit 9"),
     "missing", at(UP), "no limit of at least"),
    ("a family that is off", ROUTER, line(at(UP)),
     "session", SESSION.format(UP), "carries other families than IPv4"),
    ("a partner's next hop", ROUTER, line(f"  peer {PARTNER} next-hop-local"),
     "session", at(PARTNER), "could not reach what it tells: `peer … next-hop-local`"),
    ("more than prefixes asked for", ROUTER, both(
        words(f"  peer {UP} ip-prefix CORE", f"  peer {UP} as-path-filter X import\n"
              f"  peer {UP} ip-prefix CORE"),
        words("\nip ip-prefix", "\nip as-path-filter X permit ^64512$\nip ip-prefix")),
     "session", at(UP), "filter in asks for more than prefixes"),
    ("a standby's metric lost", STANDBY, line("  peer 10.87.4.130 route-policy METRIC-200 export"),
     "session", at("10.87.4.130"), "tells routes with metric 0: the plan says 200"),
    ("another metric", STANDBY, words(" apply cost 200", " apply cost 20"),
     "session", at("10.87.4.130"), "tells routes with metric 20: the plan says 200"),
    ("a preference that the plan does not know", STANDBY, words(
        " apply cost 200", " apply cost 200\n apply local-preference 300"),
     "session", at("10.87.4.130"), "changes what the plan leaves as it is"),
    # What begins here.
    ("an aggregate lost", ROUTER, line("  aggregate 10.80.0.0 255.240.0.0"),
     "missing", at(UP), r"cannot tell 10\.80\.0\.0/12"),
    ("an aggregate not begun", ROUTER, line("  aggregate 10.80.0.0 255.240.0.0"),
     "missing", "bgp ", r"10\.80\.0\.0/12 does not begin here: `aggregate"),
    ("an aggregate that is always told", ROUTER, line(
        "  aggregate 10.80.0.0 255.240.0.0", "  network 10.80.0.0 255.240.0.0"),
     "session", "  network 10.80", r"begins as network: `aggregate"),
    ("an aggregate that hides its parts", ROUTER, line(
        "  aggregate 10.80.0.0 255.240.0.0", "  aggregate 10.80.0.0 255.240.0.0 detail-suppressed"),
     "session", "  aggregate 10.80", "hides its parts"),
    ("routes of interfaces", HEAD, words("  network ", "  import-route direct\n  network "),
     "excess", "  import-route", "routes of `direct` must not begin here"),
    ("the own block lost", HEAD, line("  network 10.87.0.0 255.255.128.0"),
     "missing", "bgp ", r"10\.87\.0\.0/17 does not begin here: `network"),
    ("no default route", ROUTER, words(
        f"  peer {BELOW} default-route-advertise conditional-route-match-any "
        "10.0.0.0 255.252.0.0 10.4.0.0 255.252.0.0\n", ""),
     "missing", at(BELOW), r"cannot tell 0\.0\.0\.0/0"),
    ("a default route without a condition", ROUTER, words(
        f"{BELOW} default-route-advertise conditional-route-match-any "
        "10.0.0.0 255.252.0.0 10.4.0.0 255.252.0.0", f"{BELOW} default-route-advertise"),
     "session", at(BELOW), r"has to depend on 10\.0\.0\.0/14, 10\.4\.0\.0/14"),
    ("a default route that needs both centres", ROUTER, words(
        f"{BELOW} default-route-advertise conditional-route-match-any",
        f"{BELOW} default-route-advertise conditional-route-match-all"),
     "session", at(BELOW), "has to depend on"),
    ("a default route of the head's own", HEAD, words(
        f"  peer {HOSPITAL1} ip-prefix",
        f"  peer {HOSPITAL1} default-route-advertise\n  peer {HOSPITAL1} ip-prefix"),
     "excess", at(HOSPITAL1), "a default route begins here"),
    # Where packets go.
    ("a static route to the wrong place", CENTER, words(
        "ip route-static 10.12.0.0 255.255.240.0 10.0.100.79",
        "ip route-static 10.12.0.0 255.255.240.0 10.0.100.70"),
     "session", "ip route-static 10.12", r"by 10\.0\.100\.70: .*10\.12\.0\.0/20 10\.0\.100\.79"),
    ("a static route lost", CENTER, line("ip route-static 10.12.0.0 255.255.240.0 10.0.100.79"),
     "missing", NOWHERE, r"no static route to 10\.12\.0\.0/20: `ip route-static"),
    ("a static route more", CORE, words(
        "ip route-static 10.0.0.0",
        "ip route-static 10.12.4.5 32 10.0.2.1\nip route-static 10.0.0.0"),
     "excess", "ip route-static 10.12.4.5", r"10\.12\.4\.5/32 by 10\.0\.2\.1 is not in the plan"),
    ("a second way for a block", CORE, words(
        "ip route-static 10.0.0.0",
        "ip route-static 10.0.0.0 14 10.0.2.27\nip route-static 10.0.0.0"),
     "session", "ip route-static 10.0.0.0 14", r"10\.0\.0\.0/14 by 10\.0\.2\.27: "),
    ("a block not thrown away", HEAD, line(
        "ip route-static 10.87.0.0 255.255.128.0 NULL0 preference 250"),
     "missing", NOWHERE, r"no static route to 10\.87\.0\.0/17: .*NULL0"),
    ("a route in another table", CORE, words(
        "ip route-static 10.0.0.0 255.252.0.0", "ip route-static vpn-instance MGMT 10.0.0.0 14"),
     "missing", NOWHERE, r"no static route to 10\.0\.0\.0/14"),
    ("a route that stays", CORE, words(
        "ip route-static 10.0.0.0 255.252.0.0 10.0.2.1",
        "ip route-static 10.0.0.0 255.252.0.0 10.0.2.1 permanent"),
     "session", "ip route-static 10.0.0.0", "stays when its line is down"),
    ("a route that follows what does not run", CORE, both(
        words("ip route-static 10.0.0.0 255.252.0.0 10.0.2.1",
              "ip route-static 10.0.0.0 255.252.0.0 10.0.2.1 track bfd-session X"),
        words("bfd\n#\n", "bfd\n#\nbfd X bind peer-ip 10.0.2.1\n discriminator local 1\n#\n")),
     "session", "ip route-static 10.0.0.0", "which does not run"),
    # Lines that nobody reads.
    ("a word that BGP does not know", HEAD, words(f" peer {ABOVE} valid", f" peer {ABOVE} valdi"),
     "unread", f" peer {ABOVE} valdi", "valdi"),
    ("another protocol", HOSPITAL, before("bgp ", "ospf 1\n area 0\n#\n"),
     "unread", "ospf 1", "ospf"),
    ("a head that nobody knows", CITY, before("bgp ", "frobnicate 7\n#\n"),
     "unread", "frobnicate 7", "frobnicate"),
    ("a list that nothing binds", ROUTER, before("ip ip-prefix ",
        "ip ip-prefix OLD index 10 permit 10.0.0.0 8\n"),
     "hygiene", "ip ip-prefix OLD", "OLD is bound nowhere"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge_sentence(workshop, damage)


def test_there_are_damages() -> None:
    assert len(DAMAGES) > 60


HARMLESS = (
    ("a description lost", ROUTER, line(f" peer {UP} description GZ-DCA-CR01")),
    ("other indices", ROUTER, words("BJ-V4 index 10 permit", "BJ-V4 index 7 permit")),
    ("a prefix in two halves of lengths", ROUTER, words(
        "CORE-BJ-V4 index 10 permit 10.0.0.0 14",
        "CORE-BJ-V4 index 9 deny 10.0.0.0 15\n"
        "ip ip-prefix CORE-BJ-V4 index 10 permit 10.0.0.0 14")),
    ("groups", ROUTER, words(f" peer {UP} timer connect-retry 1",
        f" group G external\n peer G timer connect-retry 1\n peer {UP} group G")),
    ("another way to write a mask", HEAD, words("10.87.0.0 255.255.128.0 NULL0",
                                               "10.87.0.0 17 null 0")),
    ("a limit that is wider", ROUTER, words(f"{UP} route-limit 198", f"{UP} route-limit 500")),
)  # fmt: skip


@pytest.mark.parametrize(("device", "edit"), [row[1:] for row in HARMLESS],
                         ids=[row[0] for row in HARMLESS])  # fmt: skip
def test_a_harmless_edit_stays_equal(workshop: Workshop, device: str, edit: Edit) -> None:
    judge_harmless(workshop, device, edit)
