"""The witness's file as it is found on its machine: whom it hears, and whom it told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from failover.processes.witness import NAME, VERSION
from failover.words.spans import told_moment, told_span

FRESH_S = 5.0  # it is replaced each second


class Watch(NamedTuple):
    """What the witness said last."""

    document: dict[str, Any]
    at: float  # wall clock


def read_watch(folder: Path) -> Watch | None:
    """The file in a run folder; None: there is none that this version can read."""
    try:
        document = json.loads((folder / NAME).read_text("utf-8"))
        if document["version"] != VERSION or not {"centres", "paging"} <= document.keys():
            return None
        return Watch(document, float(document["at"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def watched(watch: Watch, now: float) -> Iterator[tuple[str, str]]:
    """The facts in it."""
    as_of = "" if now - watch.at <= FRESH_S else f"; as of {told_moment(watch.at, now)}"
    for site, each in watch.document["centres"].items():
        if each["reached"]:
            said = "answers the witness"
        else:
            said = f"has not answered the witness for {told_span(each['silent_for_s'])}"
        paged = ", people were told" if each["paged"] else ""
        yield f"{site}, seen from here", f"{said}{paged}{as_of}"
    paging = watch.document["paging"]
    if not paging["command"]:
        yield "paging", f"nobody is told: the node file names no command{as_of}"
    elif paging["failed"]:
        yield "paging", f"{paging['failed']}{as_of}"
    else:
        yield "paging", f"works as far as is known; last: {paging['last'] or 'nothing yet'}{as_of}"
