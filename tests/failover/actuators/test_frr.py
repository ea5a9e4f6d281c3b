"""FRR's shell as it should not be: what is said then. The real one is asked in test_bgp.py."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from failover.actuators.frr import Frr, FrrAccess, Look, NoLook, look_of
from tests.failover.register.loops import on_loop

SUMMARY = """
{
"ipv4Unicast":{
  "peers":{
    "10.0.1.50":{"state":"Established"},
    "10.0.1.51":{"state":"Idle"}
  }
}
,
"ipv6Unicast":{"peers":{"2001:db8::32":{"state":"Active"}}}
}
"""
MAPS = """
{"BGP":{"SERVICES-V4":{"invoked":2,"rules":[
  {"sequenceNumber":3,"type":"permit","matchClauses":["interface lo"],"setClauses":["metric 5"]},
  {"sequenceNumber":9,"type":"permit","matchClauses":[],"setClauses":[]}
]}}}
"""
TABLES = """
BGP table version is 3, local router ID is 10.0.100.70, vrf id 0
Default local pref 100, local AS 64514
Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

   Network          Next Hop            Metric LocPrf Weight Path
*> 10.12.0.0/32     0.0.0.0(SE01)   3998999999         32768 ?
*> 10.12.10.255/32  0.0.0.0                  0         32768 ?
*  10.12.0.2/32     0.0.0.0                  0         32768 ?
*> 10.12.0.3/32     10.0.1.50               50             0 64512 ?
*> 10.12.4.0/24     0.0.0.0                  0         32768 ?

Displayed  5 routes and 5 total paths

   Network          Next Hop            Metric LocPrf Weight Path
*> 2001:db8:c00::201/128
                    ::               3998999999         32768 ?

Displayed  1 routes and 1 total paths
"""
SAID = SUMMARY + MAPS + TABLES


def shell(folder: Path, text: str) -> FrrAccess:
    """A program in place of vtysh."""
    program = folder / "vtysh"
    program.write_text(f"#!{sys.executable}\n{text}\n", "utf-8")
    program.chmod(stat.S_IRWXU)
    return FrrAccess(vtysh=program, sockets=folder, limit_s=30.0)


def test_what_is_read() -> None:
    look = look_of(SAID)
    assert look.established == ("10.0.1.50",)
    assert look.sessions["2001:db8::32"] == "Active"
    assert look.routes == {
        "10.12.0.0": 3998999999,
        "10.12.10.255": 0,
        "2001:db8:c00::201": 3998999999,
    }
    assert [(one.number, one.metric) for one in look.entries] == [(3, 5), (9, None)]


def test_no_bgp_is_no_neighbour() -> None:
    look = look_of("{}\n" + MAPS + "Default BGP instance not found\n")
    assert (look.sessions, look.routes) == ({}, {})


@on_loop
async def test_the_shells_own_complaint_is_none_of_ours(tmp_path: Path) -> None:
    noise = "% Can't open configuration file /etc/frr/vtysh.conf due to 'Permission denied'.\n"
    frr = Frr(shell(tmp_path, f"print({noise + SAID!r})"))
    assert isinstance(await frr.look(), Look)


ODD = (
    ("raise SystemExit('% Unknown command: foo')", "vtysh: % Unknown command: foo"),
    ("raise SystemExit(1)", "vtysh: it said nothing"),
    ("print('Permission denied')", "vtysh said what is not understood (Expecting value"),
    (f"print({SUMMARY!r})", "vtysh said what is not understood (Expecting value"),
    ("print('[1]' * 2)", "vtysh said what is not understood ('list' object"),
    (f"print({SAID!r} + 'x' * 70000)", "vtysh said more than is kept of it"),
)


@pytest.mark.parametrize(("text", "words"), ODD)
@on_loop
async def test_an_answer_that_is_none(tmp_path: Path, text: str, words: str) -> None:
    seen = await Frr(shell(tmp_path, text)).look()
    assert isinstance(seen, NoLook)
    assert seen.why.startswith(words)
    assert not seen.down


@on_loop
async def test_who_may_not_knock_does_not_say_that_nobody_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "raise SystemExit('Exiting: failed to connect to any daemons.')"
    frr = Frr(shell(tmp_path, text))
    assert await frr.look() == (f"bgpd does not run: nobody answers at {tmp_path}/bgpd.vty", True)
    (tmp_path / "bgpd.vty").touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    words = f"{tmp_path}/bgpd.vty may not be opened: this user must be of the group frrvty"
    assert await frr.look() == (words, False)


@on_loop
async def test_no_shell_is_said(tmp_path: Path) -> None:
    seen = await Frr(FrrAccess(vtysh=tmp_path / "vtysh", sockets=tmp_path)).look()
    assert isinstance(seen, NoLook)
    assert "vtysh cannot be run" in seen.why
    assert not seen.down


@on_loop
async def test_lines_are_entered_as_they_are_given(tmp_path: Path) -> None:
    said = tmp_path / "said"
    frr = Frr(shell(tmp_path, f"import sys; open({str(said)!r}, 'w').write(repr(sys.argv[1:]))"))
    await frr.change(("route-map SERVICES-V4 permit 1", "set metric 5"))
    assert said.read_text("utf-8").startswith(
        f"['--vty_socket', '{tmp_path}', '-d', 'bgpd', '-c', "
        "'configure terminal\\nroute-map SERVICES-V4 permit 1\\nset metric 5\\nend', '-c', "
    )
