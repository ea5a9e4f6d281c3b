"""Each platform, spoken to by plain netmiko and word by word."""

from __future__ import annotations

import netmiko
import pytest
from netmiko.exceptions import ConfigInvalidException, NetmikoAuthenticationException

from tests.emulator.fleet import Fleet
from tests.emulator.machine import Device, Fault, Kind, Machine, NotLoaded, machine_of
from tests.emulator.session import Session

pytestmark = pytest.mark.xdist_group("waiting")  # addresses are of the machine, not of a test

TYPES = {
    "huawei_vrp": "huawei_vrp", "huawei_usg": "huawei_vrp", "huawei_vrpv8": "huawei_vrpv8",
    "h3c_comware": "hp_comware", "h3c_secpath": "hp_comware", "cisco_ios": "cisco_ios",
}  # fmt: skip
# One each: tests that run at once do not meet.
ADDRESSES = {platform: f"127.12.9.{at}" for at, platform in enumerate(TYPES, start=1)}
ACCESS = {
    "hu": ["acl 3000", "rule permit tcp source 10.0.0.0 0.0.0.255 destination any"],
    "h3": ["acl advanced 3000", "rule permit tcp source 10.0.0.0 0.0.0.255 destination any"],
    "ci": ["ip access-list extended A", "permit tcp any 10.0.0.1 0.0.0.0 eq 80"],
}
KEPT = {
    "hu": "acl number 3000\n rule 5 permit tcp source 10.0.0.0 0.0.0.255\n#",
    "h3": "acl advanced 3000\n rule 0 permit tcp source 10.0.0.0 0.0.0.255\n#",
    "ci": "ip access-list extended A\n 10 permit tcp any host 10.0.0.1 eq www\n!",
}


def device(platform: str, **more: object) -> Device:
    where = {"address": ADDRESSES[platform], **more}
    return Device(name="D", platform=platform, **where)  # type: ignore[arg-type]


def said(machine: Machine, *lines: str) -> str:
    out: list[str] = []
    session = Session(machine, out.append, lambda: out.append("<closed>"))
    session.begin()
    session.receive("".join(f"{line}\n" for line in lines))
    return "".join(out)


@pytest.mark.parametrize("platform", TYPES)
def test_netmiko_configures_and_saves(platform: str) -> None:
    with Fleet([device(platform)]) as fleet:
        client = netmiko.ConnectHandler(
            device_type=TYPES[platform], host=ADDRESSES[platform], port=2222, username="admin",
            password="Emulated-1", global_cmd_verify=True, fast_cli=True,
        )  # fmt: skip
        bad = r"(?:Error:|% )"
        client.send_config_set(ACCESS[platform[:2]], error_pattern=bad)
        if platform == "huawei_vrpv8":
            client.commit()
        client.save_config()
        assert KEPT[platform[:2]] in fleet["D"].running
        assert fleet["D"].startup == fleet["D"].running
        with pytest.raises(ConfigInvalidException):
            client.send_config_set(["nonsense 1"], error_pattern=bad)
        client.disconnect()


def test_login_refused() -> None:
    with Fleet([device("cisco_ios", address="127.10.9.99", fault=Fault(Kind.LOGIN_REFUSED))]):  # noqa: SIM117
        with pytest.raises(NetmikoAuthenticationException):
            netmiko.ConnectHandler(
                device_type="cisco_ios", host="127.10.9.99", port=2222, username="admin",
                password="Emulated-1",
            )  # fmt: skip


def test_a_wrong_host_key_is_another_than_the_known_one() -> None:
    wrong, right = device("cisco_ios", fault=Fault(Kind.WRONG_HOST_KEY)), device("cisco_ios")
    for each, same in ((wrong, False), (right, True)):
        fleet = Fleet([each])
        served = fleet._keys["D"].export_public_key().decode().strip()
        assert (served in fleet.known_hosts()) is same


@pytest.mark.parametrize(
    ("platform", "enter", "error"),
    [
        ("huawei_vrp", "system-view", "Error: Unrecognized command found at '^' position."),
        ("h3c_comware", "system-view", " % Unrecognized command found at '^' position."),
        ("cisco_ios", "configure terminal", "% Invalid input detected at '^' marker."),
    ],
)
def test_unknown_words_and_wrong_views_are_refused(platform: str, enter: str, error: str) -> None:
    machine = machine_of(device(platform))
    before = machine.running
    assert error in said(machine, "nonsense")
    assert error in said(machine, enter, "nonsense")
    assert error in said(machine, enter, "peer 10.0.0.1 as-number 1")
    assert machine.running == before


def test_a_text_that_is_refused_is_told_by_line() -> None:
    with pytest.raises(NotLoaded, match="line 2: nonsense"):
        machine_of(device("huawei_vrp", running="sysname A\nnonsense\n"))


@pytest.mark.parametrize("platform", TYPES)
def test_what_is_printed_loads_again_to_the_same(platform: str) -> None:
    machine = machine_of(device(platform, running="\n".join(
        [ACCESS[platform[:2]][0], " " + ACCESS[platform[:2]][1]])))  # fmt: skip
    assert machine_of(device(platform, running=machine.running)).running == machine.running


def test_trial_of_a_two_stage_device_ends_by_itself_or_is_confirmed() -> None:
    machine = machine_of(device("huawei_vrpv8"))
    before = machine.running
    assert "[*D" in said(machine, "system-view", "acl 3000", "commit trial 60", "return")
    assert machine.running != before
    machine.advance(61)
    assert machine.running == before
    said(machine, "system-view", "acl 3000", "commit trial 60", "commit", "return")
    machine.advance(61)
    assert machine.running != before


def test_timed_commits_of_comware_and_ios() -> None:
    comware = machine_of(device("h3c_comware"))
    ios = machine_of(device("cisco_ios", running="archive\n path flash:a\n"))
    for machine, begin, line, confirm in (
        (comware, ["system-view", "configuration commit delay 2"], "vlan 10",
         ["system-view", "configuration commit"]),
        (ios, ["configure terminal revert timer 2"], "vlan 10", ["configure confirm"]),
    ):  # fmt: skip
        before = machine.running
        said(machine, *begin, line)
        assert machine.running != before
        machine.advance(121)
        assert machine.running == before
        said(machine, *begin, line)
        said(machine, *confirm)
        machine.advance(121)
        assert machine.running != before


def test_faults_of_lines_and_of_storage() -> None:
    dropped = machine_of(device("huawei_vrp", fault=Fault(Kind.DROPS, 1)))
    assert "<closed>" in said(dropped, "system-view", "vlan batch 10", "vlan batch 20")
    assert "vlan batch 10\n" in dropped.running
    bad = machine_of(device("huawei_vrp", fault=Fault(Kind.LINE_REFUSED, 2)))
    assert "Error: Wrong" in said(bad, "system-view", "vlan batch 10", "vlan batch 20")
    full = machine_of(device("huawei_vrp", fault=Fault(Kind.DISK_FULL), startup=""))
    assert "not enough" in said(full, "save", "y")
    assert full.startup == ""
    held = machine_of(device("h3c_comware", fault=Fault(Kind.UNCOMMITTED)))
    assert "locked" in said(held, "system-view")
    theirs = machine_of(device("huawei_vrpv8", fault=Fault(Kind.UNCOMMITTED)))
    assert "[*D]" in said(theirs, "system-view")


def test_what_devices_rewrite() -> None:
    usg = machine_of(device("huawei_usg", active=True))
    told = said(usg, "system-view", "interface GE1/0/1", "ip address 10.0.0.1 24", "quit",
                "ike peer P", "pre-shared-key s3cret", "return")  # fmt: skip
    assert "HRP_M[D-GigabitEthernet1/0/1]" in told
    assert " ip address 10.0.0.1 255.255.255.0\n" in usg.running
    assert "s3cret" not in usg.running
    assert "pre-shared-key cipher %^%#" in usg.running
    secpath = machine_of(device("h3c_secpath"))
    said(secpath, "system-view", "object-group service S", "service tcp destination range 0 99")
    assert " 0 service tcp destination lt 100\n" in secpath.running


def test_an_object_in_use_stays() -> None:
    machine = machine_of(device("huawei_vrp"))
    told = said(machine, "system-view", "acl 3000", "quit", "user-interface vty 0 4",
                "acl 3000 inbound", "quit", "undo acl 3000")  # fmt: skip
    assert "Error: acl number 3000 is used" in told
    said(machine, "system-view", "user-interface vty 0 4", "undo acl 3000 inbound", "quit",
         "undo acl 3000")  # fmt: skip
    assert "acl number 3000" not in machine.running


def test_another_value_takes_the_place_of_the_old() -> None:
    ios = machine_of(device("cisco_ios"))
    said(ios, "configure terminal", "router bgp 1", "neighbor 10.0.0.1 remote-as 2",
         "neighbor 10.0.0.1 remote-as 3")  # fmt: skip
    assert ios.running.count("remote-as") == 1
    said(ios, "configure terminal", "router bgp 1", "no neighbor 10.0.0.1")
    assert "neighbor" not in ios.running


def test_views_that_share_lines_all_know_them() -> None:
    usg = machine_of(device("huawei_usg"))
    said(usg, "system-view", "security-policy", "rule name A", "source-zone trust")
    assert " rule name A\n  source-zone trust\n" in usg.running
