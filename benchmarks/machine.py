"""What a figure depends on beside the program."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("jinja2", "pydantic", "PyYAML", "ansible-core", "vrp-ir")
PROGRAMS = {"nft": "--version", "suricata": "-V"}
SECONDS_MAX = 10


def machine(folder: Path) -> dict[str, str]:
    """Facts by name; the file system is the one that `folder` is on."""
    now = datetime.now().astimezone()
    return {
        "date": now.date().isoformat(),
        "processors": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "load before": load(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "Linux"),
        "file system": file_system(folder),
        "Python": platform.python_version(),
        "versions": ", ".join(_versions()),
    }


def load() -> str:
    """Processes that ran or wanted to, on average over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def file_system(folder: Path) -> str:
    """The type of the file system that a folder is on."""
    place = folder.resolve()
    best, kind = -1, "unknown"
    for line in Path("/proc/self/mounts").read_text().splitlines():
        point, found = line.split()[1:3]
        mounted = Path(point.replace("\\040", " "))
        if place.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, kind = len(mounted.parts), found
    return kind


def _versions() -> Iterator[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
    for program, option in PROGRAMS.items():
        if path := shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
            said = subprocess.run(
                [path, option], capture_output=True, text=True, timeout=SECONDS_MAX, check=False
            ).stdout
            number = re.search(r"\d+(\.\d+)+", said)
            yield f"{program} {number.group() if number else '?'}"
