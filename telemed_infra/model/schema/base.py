"""What every inventory document is made of: strict, frozen items that know their own line."""

from __future__ import annotations

from typing import Annotated, Any, NewType

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Origin = NewType("Origin", str)
"""A place in the inventory, `inventory/sites/5205-bijie.yml:12`; of a mapping its key's line."""

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
    """A mapping as the loader read it; remembers where it stands."""

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

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        mine, theirs = self.__dict__, other.__dict__
        return all(mine[name] == theirs[name] for name in mine if name != "origin")

    def __hash__(self) -> int:
        # Mappings have no hash; what is left tells items apart well enough.
        values = (v for name, v in self.__dict__.items() if name != "origin")
        return hash((type(self), *(v for v in values if isinstance(v, str | int | None))))
