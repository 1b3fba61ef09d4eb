"""How payloads become WebSocket messages: as text, or compressed one by one or as one stream."""

import zlib
from collections.abc import Callable
from typing import TypeAlias

from starlette.types import Message

from simulator.gateway.opcodes import CloseCode, RefusedError

Packer: TypeAlias = Callable[[bytes], Message]
"""Writes one payload as one message. Of a stream there is one for each connection."""

_NO_ZSTD = "The simulator has no package zstandard here: connect with compress=zlib-stream."
_UNKNOWN = "The simulator has compress=zlib-stream and zstd-stream."


def packer(compress: str | None) -> Packer:
    """Give the packer for a connection's `compress`.

    Raises:
        RefusedError: 4000 with a sentence, for what is not there.
    """
    match compress:
        case None | "":
            return plain
        case "zlib-stream":
            return _zlib_stream()
        case "zstd-stream":
            return _zstd_stream()
    raise RefusedError(CloseCode.UNKNOWN_ERROR, _UNKNOWN)


def plain(frame: bytes) -> Message:
    """Write a payload as text."""
    return {"type": "websocket.send", "text": frame.decode()}


def each_for_itself(frame: bytes) -> Message:
    """Write a payload compressed by itself, for who has asked for that in IDENTIFY."""
    return {"type": "websocket.send", "bytes": zlib.compress(frame)}


def _zlib_stream() -> Packer:
    context = zlib.compressobj()

    def pack(frame: bytes) -> Message:
        data = context.compress(frame) + context.flush(zlib.Z_SYNC_FLUSH)
        return {"type": "websocket.send", "bytes": data}

    return pack


def _zstd_stream() -> Packer:
    try:
        import zstandard  # noqa: PLC0415 - in the demo extra; who does not use it need not have it
    except ImportError as error:
        raise RefusedError(CloseCode.UNKNOWN_ERROR, _NO_ZSTD) from error
    context = zstandard.ZstdCompressor().compressobj()

    def pack(frame: bytes) -> Message:
        data = context.compress(frame) + context.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return {"type": "websocket.send", "bytes": data}

    return pack
