"""A second opinion on where lines stand: the tree that hier_config reads.

From its tree a text is written in which each line stands alone below all that it stands in. Our
readers must make the same of that text: a line that stood elsewhere for them would be unread there,
or mean something else. hier_config knows nothing of what lines mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hier_config import HConfig, HConfigChild, Platform, get_hconfig

from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.comware import parse_comware, parse_comware_routes
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes, parse_ios_switch
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes
from tests.parse.comware import test_printed as comware
from tests.parse.ios import test_printed_router as ios
from tests.parse.meaning import meaning
from tests.parse.secpath import test_foreign as secpath
from tests.parse.vrp import test_foreign as vrp

TEXTS = Path(__file__).resolve().parents[2] / "golden" / "configs"
Read = FirewallBehaviour | SwitchBehaviour

VENDORS: dict[str, tuple[Platform, Callable[[str], RouteBehaviour]]] = {
    "usg": (Platform.HUAWEI_VRP, parse_vrp_routes),
    "vrp": (Platform.HUAWEI_VRP, parse_vrp_routes),
    "secpath": (Platform.HP_COMWARE5, parse_comware_routes),
    "comware": (Platform.HP_COMWARE5, parse_comware_routes),
    "ios": (Platform.CISCO_IOS, parse_ios_routes),
}
READERS: dict[str, Callable[[str], Read]] = {
    "usg": parse_usg,
    "vrp": parse_vrp,
    "secpath": parse_secpath,
    "comware": parse_comware,
}


def chains(tree: HConfig | HConfigChild, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each line that holds no other, with all that it stands in."""
    for child in tree.children:
        chain = (*above, child.text)
        if child.children:
            yield from chains(child, chain)
        else:
            yield chain


def alone(kind: str, text: str) -> str:
    """The text with each line alone below all that it stands in, as hier_config sees it."""
    platform = VENDORS[kind][0]
    of_cisco = platform is Platform.CISCO_IOS
    tree = get_hconfig(platform, text if of_cisco else without_separators(text))
    separator = "!" if of_cisco else "#"
    return "\n".join(
        line
        for chain in chains(tree)
        for line in (*(" " * depth + word for depth, word in enumerate(chain)), separator)
    )


def without_separators(text: str) -> str:
    """A block that begins with a blank has no head: its lines are globals.

    To hier_config they would stand in the block before, and Comware's second `#` is an error.
    """
    found: list[str] = []
    for block in re.split(r"^#\n", text, flags=re.MULTILINE):
        lines = [line for line in block.split("\n") if line.strip() != "#"]
        found += (line[1:] for line in lines) if block.startswith(" ") else lines
    return "\n".join(found)


OURS = sorted(path for path in TEXTS.iterdir() if path.suffix[1:] in VENDORS)
PRINTED = {
    "FW.usg": vrp.BRANCH_FIREWALL,
    "SW.vrp": vrp.EDGE_SWITCH,
    "FW.ios": ios.ROUTER,
    "FW.secpath": secpath.BRANCH_FIREWALL,
    "SW.comware": comware.WARD_SWITCH,
}


def left(read: Read | RouteBehaviour) -> list[str]:
    """The lines that were not read, in any order."""
    return sorted(one.text for one in read.unread)


def opinions(name: str, text: str) -> None:
    kind = name.rpartition(".")[2]
    text = re.sub(r"^ remark .*\n", "", text, flags=re.MULTILINE)  # which hier_config drops
    other = parse_ios_firewall if "FW" in name else parse_ios_switch
    for reader in (READERS.get(kind, other), VENDORS[kind][1]):
        read, again = reader(text), reader(alone(kind, text))
        assert left(again) == left(read)
        assert meaning(again) == meaning(read)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_texts(path: Path) -> None:
    opinions(path.name, path.read_text())


@pytest.mark.parametrize("name", PRINTED)
def test_texts_as_devices_print_them(name: str) -> None:
    opinions(name, PRINTED[name])


def test_a_line_that_stands_elsewhere_is_noticed() -> None:
    text = next(path for path in OURS if path.suffix == ".usg").read_text()
    moved = text.replace("  source-zone ", " source-zone ", 1)
    assert moved != text
    assert parse_usg(alone("usg", moved)).unread
