"""Where the broker of a test session is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BrokerAddress:
    """An address, and how many copies of a topic it can hold."""

    bootstrap: str
    replication: int
