"""BFD of sessions: on the line, of several tables, of ranges, farther away."""

from __future__ import annotations

from telemed_infra.parse.routes import Bfd
from tests.parse.ios.route_texts import PEER, peer, router, session

BFD_HEAD = """
interface GigabitEthernet0/1
 ip address 192.0.2.1 255.255.255.252
 {}
"""


def test_bfd_on_the_line() -> None:
    times = BFD_HEAD.format("bfd interval 300 min_rx 250 multiplier 3")
    one = session(f"neighbor {PEER} fall-over bfd", head=times)
    assert one.bfd == Bfd(multiplier=3, receive_ms=250, transmit_ms=300, echo=True)
    assert session(head=times).bfd is None
    off = (f"neighbor {PEER} fall-over bfd", f"no neighbor {PEER} fall-over bfd")
    assert session(*off, head=times).bfd is None
    template = "bfd-template single-hop FAST\n interval min-tx 100 min-rx 200 multiplier 4\n"
    held = template + BFD_HEAD.format("bfd template FAST")
    assert session(f"neighbor {PEER} fall-over bfd", head=held).bfd == Bfd(
        multiplier=4, receive_ms=200, transmit_ms=100
    )


def test_packets_to_itself_by_way_of_the_neighbour() -> None:
    """On with times of an interface, wherever its line stands; off in a template."""
    times, template = "bfd interval 300 min_rx 300 multiplier 3", "bfd template FAST"
    fast = "bfd-template single-hop FAST\n interval both 300 multiplier 3\n{}"
    plain, echoing, silent = fast.format(""), fast.format(" echo\n"), fast.format(
        " echo\n no echo\n")  # fmt: skip
    again = BFD_HEAD.format(f"{times}\n no bfd echo") + "default interface GigabitEthernet0/1\n"
    for head, echo in (
        (BFD_HEAD.format(times), True),
        (BFD_HEAD.format(f"{times}\n no bfd echo"), False),
        (BFD_HEAD.format(f"no bfd echo\n {times}"), False),
        (BFD_HEAD.format(f"no bfd echo\n {times}\n bfd echo"), True),
        (again + BFD_HEAD.format(times), True),
        (plain + BFD_HEAD.format(template), False),
        (echoing + BFD_HEAD.format(template), True),
        (silent + BFD_HEAD.format(template), False),
    ):
        found = session(f"neighbor {PEER} fall-over bfd", head=head).bfd
        assert found is not None
        assert found.echo == echo, head


def test_bfd_of_another_table_has_its_own_interface() -> None:
    """The same addresses in two tables, each with its times; the last template may come later."""
    head = """
vrf definition A
interface GigabitEthernet0/2
 vrf forwarding A
 ip address 192.0.2.1 255.255.255.252
 bfd template LATE
bfd-template single-hop LATE
 interval both 900 multiplier 5
"""
    lines = (
        f"neighbor {PEER} fall-over bfd",
        "address-family ipv4 vrf A",
        f" neighbor {PEER} remote-as 65003",
        f" neighbor {PEER} fall-over bfd single-hop",
    )
    main, vrf = router(*lines, head=BFD_HEAD.format("bfd interval 300 min_rx 300 multiplier 3")
                       + head).sessions  # fmt: skip
    assert main.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300, echo=True)
    assert vrf.bfd == Bfd(multiplier=5, receive_ms=900, transmit_ms=900)


def test_bfd_of_neighbours_that_may_call() -> None:
    lines = (
        "neighbor G peer-group",
        "neighbor G remote-as 65009",
        "neighbor G fall-over bfd",
        "bgp listen range 192.0.2.0/30 peer-group G",
    )
    head = BFD_HEAD.format("bfd interval 300 min_rx 300 multiplier 3")
    assert peer(router(*lines, head=head), "192.0.2.0/30").bfd is not None
    gone = head + "interface GigabitEthernet0/1\n no bfd interval 300 min_rx 300 multiplier 3\n"
    read = router(*lines, head=gone)
    assert peer(read, "192.0.2.0/30").bfd is None
    elsewhere = router(*lines, head=head.replace("192.0.2.1 ", "198.51.100.1 "))
    assert peer(elsewhere, "192.0.2.0/30").bfd is None


def test_bfd_without_times_is_none_and_told() -> None:
    read = router(f"neighbor {PEER} fall-over bfd", head=BFD_HEAD.format("no shutdown"))
    assert read.sessions[0].bfd is None
    (told,) = read.missing
    assert told.name == f"bfd interval for {PEER}"


def test_bfd_farther_away() -> None:
    head = """
bfd-template multi-hop SLOW
 interval both 500 multiplier 3
bfd map ipv4 192.0.2.0/24 10.255.0.1/32 SLOW
"""
    lines = (f"neighbor {PEER} ebgp-multihop 3", f"neighbor {PEER} fall-over bfd")
    assert session(*lines, head=head).bfd == Bfd(multiplier=3, receive_ms=500, transmit_ms=500)
    told = f"neighbor {PEER} fall-over bfd multi-hop"
    assert session(told, head=head).bfd is not None
    elsewhere = head.replace("192.0.2.0/24", "198.51.100.0/24")
    read = router(*lines, head=elsewhere)
    assert read.sessions[0].bfd is None
    assert read.missing[0].name == f"bfd map for {PEER}"
