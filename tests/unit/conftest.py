"""What unit tests share that takes a while to make."""

from __future__ import annotations

import pytest

from tests.unit.shop import Shop, two_weeks


@pytest.fixture(scope="session")
def shop() -> Shop:
    """Two weeks of a made-up shop."""
    return two_weeks()
