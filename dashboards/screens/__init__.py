"""The screens, one file each. `docs/screens.md` says whom each is for and how to read it."""

from __future__ import annotations

from dashboards.model import Screen
from dashboards.screens import now, organisation, path, pipeline, rhythm


def screens() -> tuple[Screen, ...]:
    """All, in the order of the playlist and of the menu."""
    return now.screen(), path.screen(), rhythm.screen(), organisation.screen(), pipeline.screen()
