"""A real Kafka broker from packages alone: one node on loopback, no installation, no root, no server elsewhere.

It is the default of the demo and of the tests. `RYTMI_KAFKA_BOOTSTRAP` points everything at another cluster instead,
and then nothing in this package is used.
"""

from streams.local.broker.command import BrokerError
from streams.local.broker.node import Broker, Status

__all__ = ["Broker", "BrokerError", "Status"]
