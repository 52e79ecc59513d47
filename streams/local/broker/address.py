"""Ports for the local broker, and whether one answers at an address."""

import random
import socket

from streams.local.broker.configuration import HOST

# Below the range from which systems take the ports of outgoing connections: there, a client that keeps trying to
# reach a stopped broker can be given the broker's own port, and the broker could not start again.
PORTS = range(20_000, 32_000)
_TRIES = 200


def is_free(port: int) -> bool:
    with socket.socket() as attempt:
        # As Kafka does: connections of a predecessor that are still closing do not count.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(other_than: int | None = None) -> int | None:
    """A port that was free a moment ago; None if none was found."""
    tried = random.sample(PORTS, _TRIES)
    return next((port for port in tried if port != other_than and is_free(port)), None)


def answers(bootstrap: str, seconds: float) -> bool:
    """Whether a metadata request is answered by a broker that has joined its cluster."""
    host, port = bootstrap.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=seconds).close()
    except OSError:
        return False
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    client = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    try:
        return bool(client.list_topics(timeout=seconds).brokers)
    except KafkaException:
        return False
