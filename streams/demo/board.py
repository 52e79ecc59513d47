"""The board of the demo: one more process over the same topics, open to whoever is at this machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from streams.demo.workers import HOST, Worker

FIRST_PORT = 8080


class Board(Worker):
    """`rytmi board`, watched and started again as the workers are."""

    ready_page = "/health"
    revived = "notice.board"

    def __init__(self, port: int, config: Path, env: Mapping[str, str], log: Path) -> None:
        super().__init__(0, port, config, env, log)
        self.name = "the board"
        self._command = [sys.executable, "-m", "streams.cli.main", "board", "--config", str(config)]
        self._command += ["--host", HOST, "--port", str(port)]
