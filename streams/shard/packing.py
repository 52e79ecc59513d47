"""How contributions and cells are packed: MessagePack."""

from __future__ import annotations

import msgspec

pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder().decode
