"""`ansible-inventory` over the whole province, and what it says of a wrong one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from telemed_infra.model.hosts import Hosts
from telemed_infra.model.network import Network
from telemed_infra.pipeline.hosts import host_variables
from telemed_infra.plan.network import network_plan
from tests.ansible.conftest import ROOT, Run


def test_list(ansible: Run, network: Network, hosts: Hosts) -> None:
    done = ansible("ansible-inventory", "--list")
    assert (done.returncode, done.stderr) == (0, "")
    listed = json.loads(done.stdout)
    plan = network_plan(network)
    assert listed.pop("_meta")["hostvars"] == {
        device.name: host_variables(device, plan) for device in network.devices
    }
    assert set(listed.pop("all")["children"]) == {
        "ungrouped",
        *hosts.groups,
    } - {child for children in hosts.children.values() for child in children}
    assert {group: tuple(facts.get("hosts", ())) for group, facts in listed.items()} == {
        group: hosts.own(group) for group in hosts.groups
    }
    assert {
        group: tuple(facts["children"]) for group, facts in listed.items() if "children" in facts
    } == hosts.children


def test_graph(ansible: Run, hosts: Hosts) -> None:
    done = ansible("ansible-inventory", "--graph", "prefecture_bijie")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.replace("|", "").strip(" -") for line in done.stdout.splitlines()]
    shown = [line for line in lines if not line.startswith("@")]
    assert sorted(shown) == sorted(hosts.groups["prefecture_bijie"])
    assert "@county_weining:" in lines


def test_host(ansible: Run) -> None:
    done = ansible("ansible-inventory", "--host", "BJ-WN-CH-GW01")
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["telemed_config"] == "configs/bijie/weining-caohai/BJ-WN-CH-GW01.nft"
    assert facts["telemed_site_name"] == "草海镇卫生院"
    assert (facts["telemed_platform"], facts["telemed_network_os"]) == ("nftables", "linux")
    assert (facts["telemed_county"], facts["telemed_home"]) == ("weining", "dc-a")


@pytest.mark.parametrize("program", ["ansible-inventory", "ansible-playbook"])
def test_a_wrong_inventory_yields_its_problems(ansible: Run, program: str, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", inventory)
    sites = inventory / "sites" / "5205-bijie.yml"
    text = sites.read_text("utf-8")
    sites.write_text(text.replace("num: 5,", "num: five,", 1), "utf-8")
    line = 1 + next(number for number, line in enumerate(text.splitlines()) if "num: 5," in line)
    arguments = ["--list"] if program == "ansible-inventory" else [ROOT / "playbooks" / "check.yml"]
    done = ansible(program, "-i", inventory / "telemed.yml", *arguments)
    assert done.returncode != 0
    problem = f"inventory/sites/5205-bijie.yml:{line}: prefecture.num: `five` is not a whole number"
    assert done.stderr.splitlines().count(problem) == 1
    assert "the inventory has " in done.stderr
    assert not done.stdout


def test_a_name_is_never_a_template(ansible: Run, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", inventory)
    sites = inventory / "sites" / "5205-bijie.yml"
    text = sites.read_text("utf-8")
    sites.write_text(text.replace("name: 草海镇卫生院", 'name: "{{ 6 * 7 }}"'), "utf-8")
    arguments = ("-m", "debug", "-a", "var=telemed_site_name", "BJ-WN-CH-GW01")
    done = ansible("ansible", "-i", inventory / "telemed.yml", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"telemed_site_name": "{{ 6 * 7 }}"' in done.stdout


def test_the_folder_is_refused_with_the_way_out(ansible: Run) -> None:
    done = ansible("ansible-inventory", "-i", "inventory/", "--list")
    assert done.returncode != 0
    assert "is a part of an inventory, not one that Ansible reads" in done.stderr
    assert "hint: use `-i inventory/telemed.yml`" in done.stderr.splitlines()
