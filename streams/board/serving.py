"""The board as a process: what it needs, joined; and uvicorn, told to trust nobody's headers."""

from __future__ import annotations

from types import FrameType

import uvicorn

from schemas.codec import Codec
from streams.board.access import Access
from streams.board.app import Board
from streams.board.commands import Acting
from streams.board.csrf import Forms
from streams.board.hub import Hub
from streams.board.projection import Following
from streams.board.sending import Sending
from streams.board.store import Store
from streams.config import Config
from streams.kafka import admin
from streams.pseudonym import Pseudonym
from streams.settings import Settings

_GRACE_SECONDS = 3


class Serving(uvicorn.Server):
    """Ends open streams when it is asked to end; they would keep it otherwise."""

    def __init__(self, board: Board, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                board.app(),
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the address of the connection is what access goes by
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._hub = board.hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's arguments
        """As uvicorn's own, which would end the process by the same signal once more."""
        self._hub.close()
        self.force_exit = self.should_exit
        self.should_exit = True


def build(settings: Settings, config: Config, access: Access, rebuild: bool = False) -> Board:
    """A board over the topics of these settings. Raises TopicError where one is missing."""
    admin.check(settings)
    home = settings.home / "board"
    view = Store(home / "view.sqlite")
    if rebuild:
        view.empty("")
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    hub = Hub()
    following = Following(settings, codec, view, hub.tell)

    def named(unit: str) -> set[str]:
        return board.pages.names(unit)

    acting = Acting(view, Sending(settings, codec), named)
    board = Board(config, view, codec, hub, following, access, Forms(home / "forms.key"), acting)
    return board
