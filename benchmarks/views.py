"""What the pipeline gives its templates, device by device: for whoever renders them otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import jinja2

from telemed_infra.model.load import load
from telemed_infra.model.network import Device, Network
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import Texts


@dataclass(frozen=True, slots=True)
class View:
    """One template and what it is given. A pair shares the one of its policy."""

    template: str
    values: Mapping[str, object]


@dataclass(slots=True, eq=False)
class _Recorder:
    """Stands where the templates do, and keeps what they would have been given.

    Told apart by identity, as the templates are, for what is kept of them.
    """

    views: list[View] = field(default_factory=list)

    def get_template(self, name: str) -> _Recorded:
        return _Recorded(self, name)


@dataclass(frozen=True, slots=True)
class _Recorded:
    recorder: _Recorder
    name: str

    def render(self, values: Mapping[str, object]) -> str:
        self.recorder.views.append(View(self.name, values))
        return ""


class Views:
    """The views of a network, made by the pipeline's own stages."""

    def __init__(self, inventory: Path) -> None:
        self.network: Network = load(inventory, as_of=None)
        self._recorder = _Recorder()
        # Texts asks its templates for nothing else than this one method.
        self._texts = Texts(Meaning(self.network), cast(jinja2.Environment, self._recorder))

    def by_device(self) -> Iterator[tuple[Device, list[View]]]:
        """Device by device, the views that were new with it."""
        for site in self.network.sites.values():
            self._recorder.views = []
            for one in self._texts.of(site):
                yield one.device, self._recorder.views
                self._recorder.views = []
