"""Ansible's `template` module on some of the devices, with the same templates and values.

Townships' gateways and switches; connection local, no facts gathered, interpreter given. Ansible's
values are dictionaries, so its copy of the gateway's template reads `way["keys"]`: `way.keys` would
be the dictionary's own method. Marks of origin stay empty. Its files are compared with ours.
Alone: python -m benchmarks.ansible_template INVENTORY FOLDER DEVICES
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.bench import INVENTORY, Bench, python
from benchmarks.building import cold
from benchmarks.figures import Figure, Row, wall
from benchmarks.process import BIN, Failed, measure
from benchmarks.rendering import jinja
from benchmarks.views import View, Views
from telemed_infra.model.network import Device
from telemed_infra.pipeline.layout import config_path
from telemed_infra.resources import shipped

DEVICES = 100
RUNS = 1  # it takes longer than all the rest together
TEMPLATES = ("nftables/gateway.j2",)  # what a switch is given holds texts made before
PEER = f"Ansible template, {DEVICES} devices"

PLAYBOOK = """\
- name: Write the configurations
  hosts: all
  gather_facts: false
  vars:
    ansible_connection: local
    ansible_python_interpreter: {python}
  tasks:
    - name: Write one configuration
      ansible.builtin.template:
        src: "{{{{ template }}}}"
        dest: "{out}/{{{{ inventory_hostname }}}}"
        trim_blocks: true
        lstrip_blocks: true
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What Ansible did."""

    figure: Figure
    same: int  # files with the very bytes of our build


def rows(bench: Bench) -> list[Row]:
    built = bench.once(cold)
    fleet = bench.once(jinja).devices
    written = _written(bench, built.folder)
    each = written.figure.each(DEVICES, "ms", 1e3)
    whole = written.figure.each(DEVICES, "s", fleet)
    note = f"{written.same} of its {DEVICES} files have our bytes; it proves nothing"
    return [
        Row(
            subject="template", what="cold build, proven, each device",
            figure=built.wall.each(fleet, "ms", 1e3), peer=PEER + ", each", beside=each,
            note=note,
        ),
        Row(
            subject="template", what=f"cold build, proven, {fleet:,} devices", figure=built.wall,
            peer=f"Ansible template, EXTRAPOLATED from {DEVICES}", beside=whole,
            note="small devices only, in proportion to their number",
        ),
    ]  # fmt: skip


def _written(bench: Bench, build: Path) -> Written:
    folder = bench.folder("template")
    bench.say(f"preparing {DEVICES} devices for Ansible")
    python("benchmarks.ansible_template", INVENTORY, folder, str(DEVICES))
    environment = {**bench.ansible_environment(), "ANSIBLE_INVENTORY_ENABLED": "yaml"}
    environment["ANSIBLE_CONFIG"] = str(folder / "ansible.cfg")
    bench.say(f"writing {DEVICES} devices with Ansible's template module")
    found = [
        measure(
            [BIN / "ansible-playbook", "-i", folder / "hosts.yml", folder / "play.yml"],
            environment=environment,
        )
        for _ in range(RUNS)
    ]
    paths = json.loads((folder / "paths.json").read_text())
    there = {path.name for path in (folder / "out").iterdir()}
    if there != set(paths):
        raise Failed(f"Ansible wrote {len(there)} files in place of {len(paths)}")
    same = sum(
        (folder / "out" / name).read_bytes() == (build / path).read_bytes()
        for name, path in paths.items()
    )
    return Written(wall(found), same)


def prepare(views: Views, folder: Path, count: int) -> None:
    """Playbook, templates, hosts and their variables."""
    for name in ("out", "host_vars"):
        (folder / name).mkdir()
    for name in TEMPLATES:
        target = folder / "templates" / name
        target.parent.mkdir(parents=True)
        shutil.copyfile(shipped("templates") / name, target)
        target.write_text(target.read_text("utf-8").replace("way.keys", 'way["keys"]'), "utf-8")
    paths = {}
    for device, view in islice(_townships(views), count):
        values = {name: _plain(value) for name, value in view.values.items()}
        (folder / "host_vars" / f"{device.name}.json").write_text(
            json.dumps({"template": view.template, **values}, ensure_ascii=True)
        )
        paths[device.name] = config_path(device)
    (folder / "paths.json").write_text(json.dumps(paths))
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": {name: {} for name in paths}}}))
    (folder / "play.yml").write_text(PLAYBOOK.format(python=sys.executable, out=folder / "out"))
    (folder / "ansible.cfg").write_text("[defaults]\n")


def _townships(views: Views) -> Iterator[tuple[Device, View]]:
    for device, found in views.by_device():
        if device.site.kind == "township" and found and found[0].template in TEMPLATES:
            yield device, found[0]


def _plain(value: Any) -> Any:
    """A view as dictionaries, without marks."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: "" if key.endswith("mark") else _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


if __name__ == "__main__":
    prepare(Views(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]))
