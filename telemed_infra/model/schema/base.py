"""What every inventory document is made of: strict, frozen items that know their own line."""

from __future__ import annotations

from typing import Annotated, Any, NewType

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Origin = NewType("Origin", str)
"""A place in the inventory, `file:line`, the file relative to the inventory's folder."""

NOWHERE = Origin("")

Identifier = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)
]
ShortName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,5}$")]
ZoneName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Mbps = Annotated[int, Field(gt=0, le=400_000, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]


class PlacedMapping(dict[str, Any]):
    """A mapping as the loader read it; remembers where it begins."""

    origin: Origin = NOWHERE


class Item(BaseModel):
    """A mapping of the inventory; unknown keys are refused; equal by value, wherever it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    origin: Annotated[Origin, Field(alias="@", repr=False, exclude=True)] = NOWHERE

    @model_validator(mode="before")
    @classmethod
    def _remember_place(cls, data: Any) -> Any:
        if isinstance(data, PlacedMapping):
            return {**data, "@": data.origin}
        return data
