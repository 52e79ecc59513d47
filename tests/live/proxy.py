"""A TCP proxy before a broker, which lets a test decide on each request to end a transaction (EndTxn).

Requests and answers of Kafka are framed: four bytes of length, then of a request the number of its kind, its version,
the number that its answer will carry, and the client's name. All else passes as it is.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from queue import SimpleQueue
from typing import NamedTuple

HOST = "127.0.0.1"
END_TRANSACTION = 26
UNKNOWN_SERVER_ERROR = -1
_ERROR_AT = 8  # in an answer to EndTxn, version 0 or 1: behind the correlation id and the throttle time
_SECONDS = 30.0


class Verdict(Enum):
    """What happens to a request."""

    GO = "it reaches the broker, and its answer the client"
    HOLD = "it is kept, and the client's connection breaks; `release` lets it reach the broker"
    FAIL = "it never reaches the broker; the client is told of an unknown error"
    BLUR = "it reaches the broker; the client is told of an unknown error"


class End(NamedTuple):
    """A request to end a transaction."""

    transactional_id: str
    epoch: int
    is_commit: bool


class Proxy:
    """Listens at `port`; connections go to `upstream`. `judge` is asked about each End, in a thread of its own."""

    def __init__(self, port: int, upstream: int) -> None:
        self.judge: Callable[[End], Verdict] = lambda end: Verdict.GO
        self.seen: list[End] = []
        self._held: list[tuple[socket.socket, bytes]] = []
        self._late: SimpleQueue[int] = SimpleQueue()
        self.port, self._upstream = port, upstream
        self._listening = socket.create_server((HOST, port))
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def release(self) -> list[int]:
        """Let what was held reach the broker; the error codes of its answers."""
        held, self._held = self._held, []
        for broker, request in held:
            _send(broker, request)
        return [self._late.get(timeout=_SECONDS) for _ in held]

    def close(self) -> None:
        """End all connections."""
        for one in self._open:
            _close(one)

    def judged(self, end: End) -> Verdict:
        """What happens to a request; it is noted."""
        self.seen.append(end)
        return self.judge(end)

    def hold(self, broker: socket.socket, request: bytes) -> None:
        """Keep a request."""
        self._held.append((broker, request))

    def answered(self, code: int) -> None:
        """What was released has been answered."""
        self._late.put(code)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection((HOST, self._upstream))
            except ConnectionRefusedError:  # it does not listen yet, or any more
                client.close()
                continue
            self._open += [client, broker]
            _Connection(self, client, broker)


class _Connection:
    """One client's connection."""

    def __init__(self, proxy: Proxy, client: socket.socket, broker: socket.socket) -> None:
        self._proxy, self._client, self._broker = proxy, client, broker
        self._held: bytes | None = None  # a correlation id
        self._blurred: set[bytes] = set()
        threading.Thread(target=self._requests, daemon=True).start()
        threading.Thread(target=self._answers, daemon=True).start()

    def _requests(self) -> None:
        for request in _frames(self._client):
            end = _end_of_transaction(request)
            verdict = Verdict.GO if end is None else self._proxy.judged(end)
            correlation = request[4:8]
            if verdict is Verdict.HOLD:
                self._held = correlation
                self._proxy.hold(self._broker, request)
                _close(self._client)
                return  # the way to the broker stays open
            if verdict is Verdict.FAIL:
                _send(self._client, correlation + struct.pack(">ih", 0, UNKNOWN_SERVER_ERROR))
                continue
            if verdict is Verdict.BLUR:
                self._blurred.add(correlation)
            _send(self._broker, request)
        _close(self._broker)

    def _answers(self) -> None:
        for answer in _frames(self._broker):
            correlation = answer[:4]
            if correlation == self._held:
                self._proxy.answered(struct.unpack_from(">h", answer, _ERROR_AT)[0])
            elif self._held is None:
                blurred = correlation in self._blurred
                error = struct.pack(">h", UNKNOWN_SERVER_ERROR)
                _send(self._client, answer[:_ERROR_AT] + error if blurred else answer)
        _close(self._client)


def _end_of_transaction(request: bytes) -> End | None:
    kind, version = struct.unpack_from(">hh", request)
    if kind != END_TRANSACTION:
        return None
    assert version <= 1, f"EndTxn version {version}: this proxy reads 0 and 1, as librdkafka sends them"
    at = 8
    _, at = _string(request, at)
    name, at = _string(request, at)
    _, epoch, is_commit = struct.unpack_from(">qh?", request, at)
    return End(name, epoch, is_commit)


def _string(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">h", data, at)
    at += 2
    return ("", at) if length < 0 else (data[at : at + length].decode(), at + length)


def _send(to: socket.socket, payload: bytes) -> None:
    """A frame, unless the connection has ended: then whoever reads from it sees that."""
    with suppress(OSError):
        to.sendall(struct.pack(">i", len(payload)) + payload)


def _frames(source: socket.socket) -> Iterator[bytes]:
    """What comes, frame by frame, until the connection ends."""
    with suppress(OSError), source.makefile("rb") as stream:
        while len(head := stream.read(4)) == 4:
            (length,) = struct.unpack(">i", head)
            if len(payload := stream.read(length)) < length:
                return
            yield payload


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
