"""Kinds of sites that can be added one by one. Apart, so that a command line can offer them."""

from __future__ import annotations

from typing import Literal

AddKind = Literal["township", "county-hospital", "city-hospital", "provincial-hospital"]
