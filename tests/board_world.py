"""A board without a cluster: its own store, pages and access; what it sends is kept in lists."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from starlette.testclient import TestClient

from processors.backtest import Backtest
from processors.events import Action, Event
from schemas.codec import Codec
from streams.board import store as tables
from streams.board.access import Access
from streams.board.app import Board
from streams.board.commands import Commands
from streams.board.forms import CsrfTokens
from streams.board.hub import Hub
from streams.board.projection import Projection
from streams.board.sending import Sending
from streams.board.sign_in import TOKEN_COOKIE
from streams.board.store import Record, Store
from streams.config import Config
from streams.kafka.sender import SendError

CODEC = Codec(None, lambda name: name)


def records(events: Iterable[Event], config: Config) -> list[Record]:
    """The enriched cases of events."""
    backtest = Backtest(config.policies)
    for event in events:
        backtest.add(event)
    assert list(backtest.finish()) == []
    return [backtest.record(*one) for one in backtest.cases()]


class Cluster(Sending):
    """Takes what is sent; `answers` False: no cluster does."""

    def __init__(self) -> None:
        self.audits: list[Record] = []
        self.actions: list[Action] = []
        self.answers = True

    def audit(self, record: Record) -> None:
        CODEC.encode("audit", record)
        if not self.answers:
            raise SendError("no cluster answers")
        self.audits.append(record)

    def action(self, event: Action) -> None:
        CODEC.encode("action", event)
        self.actions.append(event)


class Read(Projection):
    """Has read everything."""

    def __init__(self) -> None:
        threading.Thread.__init__(self)
        self.caught_up, self.trouble, self.unreadable = threading.Event(), None, 0
        self.caught_up.set()

    def run(self) -> None: ...

    def stop(self) -> None: ...


class World:
    """A board, and what was sent from it."""

    def __init__(
        self, home: Path, config: Config, env: dict[str, str], events: Iterable[Event], now_ms: int, me: str = "anna"
    ) -> None:
        self.config, self.store, self.cluster = config, Store(home / "view.sqlite"), Cluster()
        self.happened = list(events)
        self.fold()
        commands = Commands(self.store, self.cluster, self.names)
        access = Access(env, me)
        csrf = CsrfTokens(home / "forms.key")
        self.board = Board(config, self.store, CODEC, Hub(), Read(), access, csrf, commands, lambda: now_ms)
        self.app = self.board.app()

    def names(self, unit: str) -> set[str]:
        return self.board.pages.names(unit)

    def fold(self) -> None:
        """As when it has come back through the stream."""
        with self.store.writing() as to:
            for record in records(self.happened, self.config):
                tables.put_case(to, record)

    def client(self, token: str | None = None, peer: str = "10.0.0.9") -> TestClient:
        """A browser. token: in its cookie."""
        found = TestClient(
            cast(Any, self.app), base_url="http://localhost", client=(peer, 50000), raise_server_exceptions=False
        )
        if token is not None:
            found.cookies.set(TOKEN_COOKIE, token)
        found.headers["accept-language"] = "en"
        return found
