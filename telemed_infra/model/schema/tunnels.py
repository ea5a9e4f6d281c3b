"""`tunnels` of `network.yml`: how IPsec protects what leaves a site.

Where platforms differ in what they know, a list says what is wanted, the best first; two ends take
the first that both know.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from telemed_infra.model.schema.base import Item

TunnelCipher = Literal["aes-256-gcm", "aes-256", "sm4"]
TunnelDigest = Literal["sha-512", "sha-384", "sha-256", "sm3"]
DiffieHellman = Literal[14, 15, 16, 19, 20, 21]
SecretPrefix = Annotated[str, StringConstraints(pattern=r"^(vault|env):[A-Za-z0-9_./-]{1,30}$")]


class TunnelRule(Item):
    """Algorithms, lifetimes and secrets of every tunnel."""

    ike: Annotated[tuple[TunnelCipher, ...], Field(min_length=1, strict=False)]
    esp: Annotated[tuple[TunnelCipher, ...], Field(min_length=1, strict=False)]
    digests: Annotated[tuple[TunnelDigest, ...], Field(min_length=1, strict=False)]
    groups: Annotated[tuple[DiffieHellman, ...], Field(min_length=1, strict=False)]
    ike_lifetime_s: Annotated[int, Field(ge=3600, le=86_400, strict=True)]
    esp_lifetime_s: Annotated[int, Field(ge=600, le=28_800, strict=True)]
    liveness_s: Annotated[int, Field(ge=5, le=60, strict=True)]
    secrets: SecretPrefix  # the lower gateway's name, in small letters, follows
