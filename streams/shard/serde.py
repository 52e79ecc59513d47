"""How an entity's ledger is stored: a fixed header, then MessagePack arrays.

The header lets a restore file an entity away without reading the rest:
`settled_at` (milliseconds; from when retention counts, 0 while it does not) and whether it stands open somewhere.
"""

from __future__ import annotations

from struct import Struct

import msgspec

from processors.ledger import EMPTY, Ledger

_HEADER = Struct("<Bq?")
_VERSION = 1

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder().decode
"""How contributions and cells are packed."""
_decode = msgspec.msgpack.Decoder(Ledger).decode


class UnknownState(RuntimeError):
    """A stored state of a version that this program does not read."""


def pack(ledger: Ledger, settled_at: int, standing: bool) -> bytes:
    """The stored form of a ledger."""
    return _HEADER.pack(_VERSION, settled_at, standing) + encode(ledger)


def unpack(stored: bytes | None) -> Ledger:
    """The ledger of a stored form; an empty one for None."""
    if stored is None:
        return EMPTY
    _check(stored)
    return _decode(memoryview(stored)[_HEADER.size :])


def header(stored: bytes) -> tuple[int, bool]:
    """(settled_at, standing) of a stored form."""
    version, settled_at, standing = _HEADER.unpack_from(stored)
    if version != _VERSION:
        _check(stored)
    return settled_at, standing


def _check(stored: bytes) -> None:
    if stored[0] != _VERSION:
        raise UnknownState(
            f"a stored state has version {stored[0]}, this program reads {_VERSION}: run the release that wrote it, "
            "or let this one rebuild the state by replaying the input topics under a new RYTMI_APPLICATION"
        )
