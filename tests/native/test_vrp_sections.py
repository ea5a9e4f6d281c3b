"""Reading section by section gives what reading the whole text gives, but for the places."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest

from telemed_infra.native.check import check
from telemed_infra.native.report import Refusal
from telemed_infra.native.vrp_sections import GATHERED, Sections
from tests.native.samples import FIREWALL, SWITCH, file

vrp_ir: Any = import_module("vrp_ir")  # it has no types
CONFIGS = Path(__file__).parent.parent / "golden" / "configs"
TEXTS = sorted(path for path in CONFIGS.iterdir() if path.suffix in (".usg", ".vrp"))
# What vrp-ir has a field for, in places where it could go wrong.
SECTIONS = (
    "sysname ONE",
    "sysname TWO\n!Software Version V500R005",
    "undo telnet server enable\nssh server cipher aes256_ctr aes128_cbc",
    "telnet server enable\nhttp server enable",
    "hrp enable\nhrp interface Eth-Trunk1 remote 10.0.0.2",
    "hrp mirror session enable",
    "snmp-agent usm-user v3 watcher authentication-mode sha2-256",
    "snmp-agent usm-user v3 watcher privacy-mode aes128\nsnmp-agent sys-info version v3",
    "snmp-agent community read public",
    "security-policy\n rule name A\n  source-zone trust\n  action permit",
    "security-policy\n default action deny\n rule name A\n  action deny\n\n  service A-ssh",
    "  source-zone trust",  # of no rule: a section has begun
    "nat-policy\n rule name N\n  source-zone trust\n  action no-nat",
    "nat server web protocol tcp global 192.0.2.1 80 inside 10.0.0.1 80",
    "ip address-set S type object\n address 0 10.0.0.0 mask 24\n address 1 range 10.1.0.1 10.1.0.9",
    "ip service-set T type object\n service 0 protocol tcp destination-port 443",
    "user-interface vty 0 4\n acl 2000 inbound\n protocol inbound ssh",
    "user-interface con 0\n nobody knows this",
    "acl 2000\n rule 5 permit source 10.0.0.0 0.0.0.255",
    "aaa\n local-user admin service-type ssh telnet",
    "interface Vlanif10\n ip address 10.0.0.1 24\n ip address 10.0.1.1 24 sub\nquit\nvlan 10",
    "ip vpn-instance V\n route-distinguisher 1:1\n vpn-target 1:1 both",
    "firewall zone name Z id 4\n set priority 10\n add interface Vlanif10",
    "vlan batch 10 20 to 30",
    "ip route-static 0.0.0.0 0 10.0.0.254 preference 70\nntp-service unicast-server 10.0.0.9",
    "info-center loghost 10.0.0.8",
    "",
    "#",
    " #",
    "return\r",
)


def facts(one: Any) -> object:
    """All that a configuration says, without places."""
    if isinstance(one, vrp_ir.SourceRef):
        return one.col, one.raw
    if is_dataclass(one):
        return type(one).__name__, [facts(getattr(one, each.name)) for each in fields(one)]
    return list(map(facts, one)) if isinstance(one, list) else one


def is_same(sections: Sections, text: str) -> bool:
    """Whether a joined configuration says what the whole text says; False: it is not joined."""
    joined = sections.joined(text, "FW01.usg")
    if joined is not None:
        assert facts(joined) == facts(vrp_ir.parse_text(text, "FW01.usg")), text
    return joined is not None


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_text_of_ours_is_joined(path: Path) -> None:
    sections = Sections(vrp_ir)
    text = path.read_text("utf-8")
    assert is_same(sections, text)
    assert is_same(sections, text.replace("sysname ", "sysname OTHER-"))


def test_any_sections_in_any_order() -> None:
    chance = Random(5)
    sections = Sections(vrp_ir)
    joined = [
        is_same(sections, "\n#\n".join(chance.choices(SECTIONS, k=chance.randint(1, 8))))
        for _ in range(3000)
    ]
    assert 1000 < sum(joined) < len(joined)


@pytest.mark.parametrize("first", ["hrp enable", "snmp-agent usm-user v3 watcher"])
def test_what_is_gathered_from_several_sections_is_not_joined(first: str) -> None:
    second = f"{first} and more"
    assert is_same(Sections(vrp_ir), f"{first}\n{second}\n#\nsysname ONE")
    assert not is_same(Sections(vrp_ir), f"{first}\n#\n{second}\n#\nsysname ONE")


def test_all_that_is_neither_a_list_nor_one_value_is_known() -> None:
    """A new release that gathers more facts from several sections would need a look."""
    types = {one.name: str(one.type) for one in fields(vrp_ir.VrpConfig)}
    gathered = {name for name, kind in types.items() if "Traced" not in kind and "List" not in kind}
    assert gathered - set(GATHERED) == {"source_file", "analyzed_line_count"}


def refusals(*texts: str, platform: str = "huawei_usg") -> tuple[Refusal, ...]:
    """What is said about texts that are asked about together, FW01 and so on."""
    files = [file(f"FW{number:02d}.usg", text, platform) for number, text in enumerate(texts, 1)]
    return check(files, every=True, jobs=1).refusals


def test_what_a_pair_shares_is_refused_for_both() -> None:
    first = FIREWALL.replace("service A-sips", "time-range NIGHT")
    first = first.replace(" undo service-manage enable\n", "")
    second = first.replace("sysname BJ-WN-C-FW01", "sysname BJ-WN-C-FW02\n!")
    found = refusals(first, second)
    line = 1 + first.splitlines().index("  time-range NIGHT")
    assert [(one.device, one.line) for one in found] == [("FW01", line), ("FW02", line + 1)]
    assert {one.words for one in found} == {"does not know `time-range NIGHT`"}


def test_what_one_member_says_alone_is_refused_for_it_alone() -> None:
    second = FIREWALL.replace("sysname BJ-WN-C-FW01", "sysname BJ-WN-C-FW02\ntelnet server enable")
    (refusal,) = refusals(FIREWALL, second)
    assert (refusal.device, refusal.path.name, refusal.line) == ("FW02", "FW02.usg", 3)
    assert refusal.words.startswith("FW-MGMT-TELNET: ")


def test_what_only_two_sections_together_show_is_refused() -> None:
    zone = "firewall zone name Z-TWICE id 6\n add interface GigabitEthernet1/0/1.20\n#\n"
    (refusal,) = refusals(FIREWALL, FIREWALL.replace("ip address-set", f"{zone}ip address-set", 1))
    assert refusal.device == "FW02"
    assert refusal.words.startswith("FW-ZONE-IFACE-UNIQUE: ")


@pytest.mark.parametrize(
    ("text", "platform"), [(FIREWALL, "huawei_usg"), (SWITCH, "huawei_vrp")]
)  # fmt: skip
def test_lines_are_counted_in_every_text(text: str, platform: str) -> None:
    def counts(number: int) -> tuple[int, int]:
        files = [file(f"D{each}.txt", text, platform) for each in range(number)]
        (run,) = check(files, every=True, jobs=1).runs
        return run.lines, run.unknown

    lines, unknown = counts(1)
    assert counts(3) == (3 * lines, 3 * unknown)
