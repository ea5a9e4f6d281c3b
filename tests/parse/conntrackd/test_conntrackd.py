"""conntrackd.conf by hand-made texts, as its manual writes them."""

from __future__ import annotations

import pytest

from telemed_infra.packets import UDP, Family
from telemed_infra.parse.behaviour import SYNC_PLACE
from telemed_infra.parse.conntrackd import parse_conntrackd
from telemed_infra.redundancy import StateSync, SyncKind

WHOLE = """\
# one of two
Sync {
    Mode FTFW {
        ResendQueueSize 131072
        DisableExternalCache On
        StartupResync yes
    }
    UDP {
        IPv4_address 10.0.0.2
        IPv4_Destination_Address 10.0.0.3
        Port 3780
        Interface eth2
        SndSocketBuffer 24985600
        Checksum on
    }
    Options {
        TCPWindowTracking On
    }
}
General {
    Systemd on
    HashSize 32768
    LockFile /var/lock/conntrack.lock
    UNIX {
        Path /var/run/conntrackd.ctl
    }
    Filter From Userspace {
        Protocol Accept {
            TCP
            UDP
            ICMP # This requires a Linux kernel >= 2.6.31
        }
        Address Ignore {
            IPv4_address 127.0.0.1
            IPv4_address 10.0.0.2
            IPv6_address ::1
        }
        State Accept {
            ESTABLISHED CLOSED TIME_WAIT CLOSE_WAIT for TCP
        }
    }
}
"""
FOUND = StateSync(
    kind=SyncKind.CONNTRACKD,
    interface="eth2",
    own=0x0A000002,
    remote=0x0A000003,
    first=None,
    sessions=True,
    configuration=False,
    preempt_s=None,
)


def test_a_whole_text() -> None:
    read = parse_conntrackd(WHOLE)
    assert read.unread == ()
    assert read.redundancy.sync == FOUND
    assert read.untold == {(Family.V4, 0x0A000002)}
    assert (read.pair_lines, read.pair_key) == ({SYNC_PLACE: 2}, UDP << 16 | 3780)
    assert len(read.effective | read.inert) == read.lines == 31
    assert read.effective.isdisjoint(read.inert)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DisableExternalCache On", "DisableExternalCache Off"),
        ("        DisableExternalCache On\n", ""),
        ("            TCP\n", ""),
        ("            UDP\n", ""),
        ("ESTABLISHED CLOSED", "CLOSED"),
    ],
)
def test_connections_that_are_kept_from_the_other(old: str, new: str) -> None:
    read = parse_conntrackd(WHOLE.replace(old, new))
    assert read.unread == ()
    assert read.redundancy.sync is not None
    assert read.redundancy.sync.sessions is False


def test_multicast_names_a_group_and_an_interface() -> None:
    text = WHOLE.replace("UDP {", "Multicast {", 1).replace("IPv4_address 10.0.0.2",
        "IPv4_address 225.0.0.50", 1).replace("Port", "Group").replace(
        "IPv4_Destination_Address 10.0.0.3", "IPv4_interface 10.0.0.2")  # fmt: skip
    read = parse_conntrackd(text)
    assert read.unread == ()
    assert read.redundancy.sync is not None
    assert (read.redundancy.sync.own, read.redundancy.sync.remote) == (0x0A000002, 0xE1000032)


def test_the_default_link_is_the_one_in_use() -> None:
    second = WHOLE.replace(
        "    Options",
        """\
    UDP Default {
        IPv4_address 10.9.0.2
        IPv4_Destination_Address 10.9.0.3
        Port 3781
        Interface eth3
    }
    Options""",
    )
    read = parse_conntrackd(second)
    assert read.redundancy.sync is not None
    assert (read.redundancy.sync.interface, read.pair_key) == ("eth3", UDP << 16 | 3781)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IPv4_address 127.0.0.1", "IPv4_address 10.0.0.0/8"),
        ("TCPWindowTracking On", "ExpectationSync On"),
        ("Interface eth2", "Interface"),
        ("Port 3780", "Port none"),
        ("Systemd on", "Frobnicate on"),
        ("StartupResync yes", "StartupResync maybe"),
        ("StartupResync yes", "DisableInternalCache yes"),
        ("ICMP #", "IGMP #"),
    ],
)
def test_what_is_not_modelled_is_unread(old: str, new: str) -> None:
    read = parse_conntrackd(WHOLE.replace(old, new))
    assert read.unread


@pytest.mark.parametrize("missing", ["Mode FTFW", "Interface eth2", "IPv4_Destination_Address"])
def test_without_a_mode_and_a_link_there_is_no_pair(missing: str) -> None:
    read = parse_conntrackd(WHOLE.replace(missing, "Nothing"))
    assert read.unread
    assert read.redundancy.sync is None


def test_an_unknown_section_is_unread_with_all_that_it_holds() -> None:
    read = parse_conntrackd("Helper {\n Type ftp inet tcp {\n QueueNum 0\n }\n}\n" + WHOLE)
    assert [one.line for one in read.unread] == [1, 2, 3]
    assert read.redundancy.sync == FOUND
