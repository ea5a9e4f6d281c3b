"""Damages in the routing of Cisco's firewalls: the proof finds each, at its line."""

from __future__ import annotations

import re

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
    judge_harmless,
    judge_sentence,
    line,
    without,
    words,
)
from tests.damages.workshop import Workshop

HEAD, STANDBY = "LPS-LZ-C-FW01", "LPS-LZ-C-FW02"
CITY, HOSPITAL = "LPS-H1-FW01", "LPS-LZ-H1-FW01"
ABOVE, KEY = "10.36.132.128", "vault:bgp-liuzhi-c-1"  # the router of the prefecture
BELOW = "10.32.36.129"  # a hospital of the county
UP, UP6 = "10.35.13.0", "2001:DB8:2300:FFF::"  # the router that a city's hospital is at
PORT = "interface Tunnel100"  # over the circuit to the router
TIMES = " bfd interval 300 min_rx 300 multiplier 3"
AT, SESSION = "  neighbor {} activate", " neighbor {} remote-as"
LIST = "ip prefix-list LPS-LZ-C-V4 seq 5 permit 10.32.32.0/20"
BLOCK = "ip route 10.36.128.0 255.255.128.0 Null0 250"


def at(peer: str) -> str:
    return AT.format(peer)


def begins(peer: str) -> str:
    return SESSION.format(peer)


def of(peer: str, new: str) -> Edit:
    """One line more of a session, before all that it has."""
    return words(f"\n neighbor {peer} descr", f"\n {new}\n neighbor {peer} descr")


def in_family(peer: str, new: str) -> Edit:
    """One line more of a session in its family."""
    return words(f"{at(peer)}\n", f"{at(peer)}\n  {new}\n")


def without_neighbour(peer: str) -> Edit:
    """Every line of a session goes."""

    def edit(text: str) -> str:
        found, times = re.subn(rf"^ +neighbor {re.escape(peer)} .*\n", "", text, flags=re.MULTILINE)
        assert times > 5
        return found

    return edit


ROWS = (
    # Who speaks.
    ("a session missing", HEAD, without_neighbour(BELOW),
     "missing", "router bgp ", rf"{BELOW} \(LPS-LZ-H1-FW01\) is missing: `nei.* 4202002500`"),
    ("a session more", HEAD, words(
        "\n neighbor ", "\n neighbor 192.0.2.1 remote-as 65000\n neighbor "),
     "excess", " neighbor 192.0.2.1", r"192\.0\.2\.1 is not in the plan: `no neighbor 192\.0"),
    ("whoever calls", HEAD, words(
        "\n neighbor ", "\n neighbor G peer-group\n neighbor G remote-as 65000\n"
        " bgp listen range 10.36.132.128/31 peer-group G\n neighbor "),
     "excess", " bgp listen", r"neighbour 10\.36\.132\.128/31 is not in the plan"),
    ("no process", HOSPITAL, without("router bgp "),
     "missing", NOWHERE, r"`router bgp 4202002500` is missing"),
    ("another own AS", HEAD, words("router bgp 4202002000", "router bgp 65001"),
     "session", "router bgp ", r"^AS 65001 .*`router bgp 4202002000`"),
    ("a pretended AS", HEAD, of(ABOVE, f"neighbor {ABOVE} local-as 65001"),
     "session", begins(ABOVE), r"speaks as AS 65001: `no neighbor … local-as`"),
    ("a neighbour's wrong AS", HEAD, words(
        f"{ABOVE} remote-as 4202000000", f"{ABOVE} remote-as 65002"),
     "session", begins(ABOVE), r"remote AS 65002: the plan says 4202000000"),
    ("another router id", HEAD, words(" bgp router-id 10.", " bgp router-id 11."),
     "session", "router bgp ", r"router id 11\."),
    ("a session shut", HEAD, of(ABOVE, f"neighbor {ABOVE} shutdown"),
     "session", begins(ABOVE), r"is shut down: `no neighbor … shutdown`"),
    ("a session of another table", HEAD, words(
        "!\n address-family ipv4\n", "!\n address-family ipv4 vrf GUEST\n"),
     "session", begins(ABOVE), "carries other families than IPv4"),
    # How.
    ("no key", HEAD, line(f" neighbor {ABOVE} password 0 {KEY}"),
     "session", begins(ABOVE), rf"not the plan's reference: `neighbor … password 0 {KEY}`"),
    ("another's key", HEAD, words(KEY, "vault:bgp-other"),
     "session", begins(ABOVE), "its key is not the plan's"),
    ("the key itself", HEAD, words(KEY, "abracadabra"),
     "session", begins(ABOVE), "its key is not the plan's"),
    ("packets from afar", HEAD, line(f" neighbor {ABOVE} ttl-security hops 1"),
     "session", begins(ABOVE), "hears packets from farther away: `neighbor … ttl-security hops 1`"),
    ("packets from a little farther", HEAD, words(
        f"{ABOVE} ttl-security hops 1", f"{ABOVE} ttl-security hops 2"),
     "session", begins(ABOVE), "hears packets from farther away"),
    ("no BFD", HEAD, line(f" neighbor {ABOVE} fall-over bfd"),
     "session", begins(ABOVE), "has no BFD: `neighbor … fall-over bfd`, and `bfd interval`"),
    ("BFD without its times", HEAD, inside(PORT, f"{TIMES}\n", ""),
     "session", begins(ABOVE), "has no BFD: `neighbor … fall-over bfd`, and `bfd interval`"),
    ("BFD without its times, at its line", HEAD, inside(PORT, f"{TIMES}\n", ""),
     "missing", f" neighbor {ABOVE} fall-over", rf"bfd interval for {ABOVE} is used and nothing"),
    ("slow BFD", HEAD, inside(PORT, "min_rx 300", "min_rx 1000"),
     "session", begins(ABOVE), "BFD notices a loss after more than 900 ms"),
    ("BFD of another kind", HEAD, words(
        f"{ABOVE} fall-over bfd", f"{ABOVE} fall-over bfd multi-hop"),
     "session", begins(ABOVE), "has no BFD"),
    ("BFD that needs an echo", HEAD, inside(PORT, " no bfd echo\n", ""),
     "session", begins(ABOVE), "BFD wants its own packets back.*`no bfd echo` on its interface"),
    ("changes held back", HEAD, line(f"  neighbor {ABOVE} advertisement-interval 0"),
     "session", begins(ABOVE), "holds changes back 30 s: `neighbor … advertisement-interval 0`"),
    ("slow to notice", HEAD, line(" timers bgp 3 9"),
     "session", begins(ABOVE), "keepalive 60 s, hold 180 s: `timers bgp 3 9`"),
    ("one session slow to notice", HEAD, of(ABOVE, f"neighbor {ABOVE} timers 60 180"),
     "session", begins(ABOVE), "keepalive 60 s, hold 180 s: `timers bgp 3 9`"),
    ("stale routes", HEAD, words(" bgp router-id", " bgp graceful-restart\n bgp router-id"),
     "session", begins(ABOVE), "routes would stay: `no bgp graceful-restart`"),
    ("from another interface", HEAD, of(ABOVE, f"neighbor {ABOVE} update-source Loopback0"),
     "session", begins(ABOVE), r"speaks from `10\.36\.128\.193`: `neighbor … update-source`"),
    ("an address lost", HEAD, inside(
        PORT, " ip address 10.36.132.129 255.255.255.254\n", " no ip address\n"),
     "session", begins(ABOVE), r"no interface of the main table has 10\.36\.132\.129"),
    ("an address in another table", HEAD, both(
        inside(PORT, " ip address", " vrf forwarding MGMT\n ip address"),
        before("interface Loopback0", "vrf definition MGMT\n address-family ipv4\n!\n")),
     "session", begins(ABOVE), r"no interface of the main table has 10\.36\.132\.129"),
    # What is exchanged.
    ("a family that is off", HEAD, line(at(ABOVE)),
     "session", begins(ABOVE), "carries other families than IPv4"),
    ("every family on", CITY, line(" no bgp default ipv4-unicast"),
     "session", begins(UP6), "carries other families than IPv6"),
    ("no filter in", HEAD, line(f"  neighbor {ABOVE} prefix-list DEFAULT-V4 in"),
     "missing", at(ABOVE), "a direction has no filter: `neighbor … prefix-list`"),
    ("no filter out", HEAD, line(f"  neighbor {ABOVE} prefix-list LPS-LZ-C-V4 out"),
     "missing", at(ABOVE), "a direction has no filter"),
    ("no filter in the other family", CITY, line(f"  neighbor {UP6} prefix-list DEFAULT-V6 in"),
     "missing", at(UP6), "a direction has no filter"),
    ("told what nobody may tell", HEAD, line(f"  neighbor {BELOW} prefix-list DEFAULT-V4 out"),
     "excess", at(BELOW), r"may tell 8 prefixes, 10\.36\.128\.0/17 for one"),
    ("a filter that nothing defines", HEAD, words(
        f"{ABOVE} prefix-list DEFAULT-V4 in", f"{ABOVE} prefix-list NONE in"),
     "missing", f"  neighbor {ABOVE} prefix-list NONE", "prefix-list NONE is used and nothing def"),
    ("which lets every route pass", HEAD, words(
        f"{ABOVE} prefix-list DEFAULT-V4 in", f"{ABOVE} prefix-list NONE in"),
     "excess", at(ABOVE), r"takes \d+ prefixes"),
    ("a map that nothing defines", HEAD, in_family(ABOVE, f"neighbor {ABOVE} route-map NONE in"),
     "missing", f"  neighbor {ABOVE} route-map NONE", "route-map NONE is used and nothing defines"),
    ("a permit too much", HEAD, words(
        "ip prefix-list DEFAULT-V4 ", "ip prefix-list DEFAULT-V4 seq 3 permit 10.0.0.0/14\n"
        "ip prefix-list DEFAULT-V4 "),
     "excess", at(ABOVE), r"takes 10\.0\.0\.0/14"),
    ("any route at all", HEAD, words("permit 0.0.0.0/0", "permit 0.0.0.0/0 le 32"),
     "excess", at(ABOVE), r"takes \d+ prefixes, 0\.0\.0\.0/1 for one"),
    ("any route of the other family", CITY, words("permit ::/0", "permit ::/0 le 128"),
     "excess", at(UP6), r"takes \d+ prefixes, ::/1 for one"),
    ("a permit too few", HEAD, words("seq 5 permit 0.0.0.0/0", "seq 5 deny 0.0.0.0/0"),
     "missing", at(ABOVE), r"does not take 0\.0\.0\.0/0"),
    ("a hospital not passed on", HEAD, line(LIST),
     "missing", at(ABOVE), r"cannot tell 10\.32\.32\.0/20"),
    ("a deny before all", HEAD, words(
        LIST, f"{LIST.replace('seq 5 permit', 'seq 1 deny')}\n{LIST}"),
     "missing", at(ABOVE), r"cannot tell 10\.32\.32\.0/20"),
    ("no limit", HEAD, line(f"  neighbor {ABOVE} maximum-prefix 10"),
     "missing", at(ABOVE), "no limit of at least"),
    ("a limit that only warns", HEAD, words(
        f"{ABOVE} maximum-prefix 10", f"{ABOVE} maximum-prefix 10 warning-only"),
     "missing", at(ABOVE), "no limit of at least"),
    ("a limit of nothing", HEAD, words(
        f"{BELOW} maximum-prefix 10", f"{BELOW} maximum-prefix 0"),
     "unread", f"  neighbor {BELOW} maximum-prefix 0", "maximum-prefix 0"),
    ("more than prefixes asked for", HEAD, both(
        in_family(ABOVE, f"neighbor {ABOVE} filter-list 1 in"),
        words("\nip prefix-list", "\nip as-path access-list 1 permit ^65000$\nip prefix-list")),
     "session", at(ABOVE), "filter in asks for more than prefixes"),
    ("another next hop", HEAD, in_family(ABOVE, f"neighbor {ABOVE} next-hop-unchanged"),
     "session", at(ABOVE), "next hop"),
    ("a standby's metric lost", STANDBY, line("  neighbor 10.36.132.130 route-map METRIC-200 out"),
     "session", at("10.36.132.130"), "tells routes with metric 0: the plan says 200"),
    ("another metric", STANDBY, words(" set metric 200", " set metric 20"),
     "session", at("10.36.132.130"), "tells routes with metric 20: the plan says 200"),
    ("a preference that the plan does not know", STANDBY, words(
        " set metric 200", " set metric 200\n set local-preference 300"),
     "session", at("10.36.132.130"), "changes what the plan leaves as it is"),
    ("a map that permits nothing", STANDBY, words(
        "route-map METRIC-200 permit 10", "route-map METRIC-200 deny 10"),
     "missing", at("10.36.132.130"), "cannot tell"),
    # What begins here.
    ("the own block lost", HEAD, line("  network 10.36.128.0 mask 255.255.128.0"),
     "missing", "router bgp ", r"10\.36\.128\.0/17 does not begin here: `network"),
    ("the own block of another length", HEAD, words(
        "  network 10.36.128.0 mask 255.255.128.0", "  network 10.36.128.0 mask 255.255.192.0"),
     "excess", "  network 10.36", r"10\.36\.128\.0/18 must not begin here"),
    ("routes of interfaces", HEAD, words("  network ", "  redistribute connected\n  network "),
     "excess", "  redistribute", "routes of `connected` must not begin here"),
    ("an aggregate in place of the block", HEAD, words(
        "  network 10.36.128.0 mask", "  aggregate-address 10.36.128.0"),
     "session", "  aggregate-address ", "begins as aggregate: `network"),
    ("a default route of the head's own", HEAD, in_family(
        BELOW, f"neighbor {BELOW} default-originate"),
     "excess", at(BELOW), "a default route begins here"),
    # Where packets go.
    ("a static route to the wrong place", HEAD, words(BLOCK, BLOCK.replace("Null0 250", ABOVE)),
     "session", "ip route 10.36.128.0", rf"by {ABOVE}: .* `ip route 10\.36\.128\.0/17 Null0`"),
    ("a static route of the other family to the wrong place", CITY, words(
        "::/52 Null0 250", f"::/52 {UP6}"),
     "session", "ipv6 route ", "the plan says .* Null0"),
    ("a block not thrown away", HEAD, line(BLOCK),
     "missing", NOWHERE, r"no static route to 10\.36\.128\.0/17: .*Null0"),
    ("a static route more", HEAD, words(BLOCK, f"{BLOCK}\nip route 0.0.0.0 0.0.0.0 {ABOVE}"),
     "excess", "ip route 0.0.0.0", rf"0\.0\.0\.0/0 by {ABOVE} is not in the plan"),
    ("a second way for a block", HEAD, words(BLOCK, f"{BLOCK}\n{BLOCK.replace('Null0', ABOVE)}"),
     "excess", f"{BLOCK.replace('Null0', ABOVE)}", "is not in the plan: remove it"),
    ("a route in another table", HEAD, both(
        words("ip route 10.36", "ip route vrf MGMT 10.36"),
        before("interface Loopback0", "vrf definition MGMT\n address-family ipv4\n!\n")),
     "missing", NOWHERE, r"no static route to 10\.36\.128\.0/17"),
    ("a route that follows what does not run", HEAD, both(
        words(BLOCK, BLOCK.replace("250", "250 track 1")),
        before("interface Loopback0", "track 1 ip sla 1 reachability\nip sla 1\n"
               f" icmp-echo {ABOVE}\n!\n")),
     "session", "ip route 10.36", "which does not run"),
    ("no routing at all", HEAD, before("interface Loopback0", "no ip routing\n!\n"),
     "unread", "router bgp", "without `ip routing` BGP does not run"),
    ("no routing, and what was meant", HEAD, before("interface Loopback0", "no ip routing\n!\n"),
     "missing", NOWHERE, r"no static route to 10\.36\.128\.0/17"),
    # Lines that nobody reads.
    ("a word that BGP does not know", HEAD, words(f"{ABOVE} ttl-sec", f"{ABOVE} tlt-sec"),
     "unread", f" neighbor {ABOVE} tlt-sec", "tlt-security"),
    ("a command in the wrong view", HEAD, words(
        " bgp router-id", " ip address 10.0.0.1\n bgp router-id"),
     "unread", " ip address 10.0.0.1", "ip address"),
    ("reflection", HEAD, in_family(ABOVE, f"neighbor {ABOVE} route-reflector-client"),
     "unread", f"  neighbor {ABOVE} route-reflector", "not modelled"),
    ("another protocol", HOSPITAL, before(
        "router bgp ", "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n!\n"),
     "unread", "router ospf 1", "only BGP and static routes are modelled"),
    ("another way for packets", HOSPITAL, inside(
        PORT, " no bfd echo", " ip policy route-map X\n no bfd echo"),
     "unread", " ip policy", "there is no route map X"),
    ("a head that neither reader knows", HOSPITAL, before("router bgp ", "frobnicate 7\n!\n"),
     "unread", "frobnicate 7", "frobnicate"),
    ("a line of an interface that neither reader knows", HOSPITAL, inside(
        PORT, " no bfd echo", " bfdd interval 300\n no bfd echo"),
     "unread", " bfdd interval", "bfdd"),
    ("a list that nothing binds", HEAD, before(
        "ip prefix-list ", "ip prefix-list OLD seq 5 permit 10.0.0.0/8\n"),
     "hygiene", "ip prefix-list OLD", "prefix-list OLD is bound nowhere"),
    ("a text cut in its process", HEAD, cut_after("router bgp ", f"{ABOVE} activate\n"),
     "missing", at(ABOVE), "a direction has no filter"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge_sentence(workshop, damage)


def test_there_are_damages() -> None:
    assert len(DAMAGES) > 70


def test_a_key_is_in_no_finding(workshop: Workshop) -> None:
    """Neither in one about the key, nor in one about a line that was not understood."""
    for old, new in (
        (f"password 0 {KEY}", "password 0 abracadabra"),
        (f"password 0 {KEY}", "password abracadabra"),
        (f"password 0 {KEY}", "pasword 0 abracadabra"),
        (f"password 0 {KEY}", "PASWD abracadabra"),
        (f"{ABOVE} password 0 {KEY}", f"{ABOVE}0 password 0 abracadabra"),
    ):
        found = workshop.prove(HEAD, words(old, new)(workshop.text(HEAD)))
        assert found
        assert not any("abracadabra" in str(one) for one in found), (old, new)


HARMLESS = (
    ("other numbers", HEAD, words("LPS-LZ-C-V4 seq 5 permit", "LPS-LZ-C-V4 seq 7 permit")),
    ("no numbers", HEAD, words("LPS-LZ-C-V4 seq 5 permit", "LPS-LZ-C-V4 permit")),
    ("a peer group", HEAD, both(
        words(f"\n neighbor {BELOW} remote", "\n neighbor G peer-group\n neighbor G fall-over bfd"
              f"\n neighbor {BELOW} remote"),
        line(f" neighbor {BELOW} fall-over bfd", f" neighbor {BELOW} peer-group G"))),
    ("shortened words", HEAD, both(
        words(f" neighbor {ABOVE} fall-over bfd", f" nei {ABOVE} fall-over bfd"),
        words("  network 10.36.128.0 mask", "  net 10.36.128.0 mask"))),
    ("times by a template", HEAD, both(
        inside(PORT, f"{TIMES}\n no bfd echo\n", " bfd template FAST\n"),
        before("interface Loopback0",
               "bfd-template single-hop FAST\n interval both 300 multiplier 3\n!\n"))),
    ("the kind of BFD said", HEAD, words(
        f"{ABOVE} fall-over bfd", f"{ABOVE} fall-over bfd single-hop")),
    ("timers of one session", HEAD, of(ABOVE, f"neighbor {ABOVE} timers 3 9")),
    ("a limit that is wider", HEAD, words(
        f"{ABOVE} maximum-prefix 10", f"{ABOVE} maximum-prefix 90")),
    ("a session that comes back", HEAD, words(
        f"{ABOVE} maximum-prefix 10", f"{ABOVE} maximum-prefix 10 80 restart 5")),
    ("another distance", HEAD, words("Null0 250", "Null0 240")),
    ("a line said twice", HEAD, words(BLOCK, f"{BLOCK}\n{BLOCK}")),
    ("a line taken back", HEAD, words(
        BLOCK, f"{BLOCK}\nip route 10.99.0.0 255.255.0.0 {ABOVE}\n"
        f"no ip route 10.99.0.0 255.255.0.0 {ABOVE}")),
    ("capitals", HEAD, words(
        f" neighbor {ABOVE} fall-over bfd", f" NEIGHBOR {ABOVE} FALL-OVER BFD")),
    ("a description lost", HEAD, lambda text: re.sub(
        rf" neighbor {ABOVE} description .*\n", "", text)),
    ("routing said aloud", HEAD, before("interface Loopback0", "ip routing\n!\n")),
    ("small letters, and two words for Null0", CITY, words(
        "2001:DB8:2300::/52 Null0 250", "2001:db8:2300::/52 null 0 250")),
)  # fmt: skip


@pytest.mark.parametrize(("device", "edit"), [row[1:] for row in HARMLESS],
                         ids=[row[0] for row in HARMLESS])  # fmt: skip
def test_a_harmless_edit_stays_equal(workshop: Workshop, device: str, edit: Edit) -> None:
    judge_harmless(workshop, device, edit)


def test_what_no_line_can_say_is_not_asked_for(workshop: Workshop) -> None:
    """IOS has no word for the wait before a session is tried again; FRR's is unread there."""
    edited = of(ABOVE, f"neighbor {ABOVE} timers connect 1")(workshop.text(HEAD))
    (finding,) = workshop.prove(HEAD, edited)
    assert finding.kind == "unread"
