"""How a worker runs, and what that means as settings of Faust."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from faust.auth import SASLCredentials, SSLCredentials

from streams.settings import Settings

_ENVELOPES_WAITING = 1  # of each topic, in Faust's queues; the worker says how much may wait in all


@dataclass(frozen=True)
class Options:
    """How a worker runs. batch: records of one fetch, at most. Times in seconds."""

    host: str = "127.0.0.1"
    port: int = 6066
    batch: int = 20_000
    session_timeout: float = 10.0
    stalled_after: float = 120.0
    most_deadletters_in_a_row: int = 1_000
    opened_at_once: int = 8  # shards; opening is mostly waiting for the broker


def faust_settings(settings: Settings, options: Options) -> dict[str, Any]:
    """The arguments of `faust.App`."""
    return {
        "broker": [f"kafka://{address}" for address in settings.bootstrap().split(",")],
        "broker_credentials": _credentials(settings),
        "broker_session_timeout": options.session_timeout,
        "broker_heartbeat_interval": options.session_timeout / 4,
        "broker_request_timeout": max(40.0, options.session_timeout + 5),
        "broker_commit_interval": 1.0,
        "broker_max_poll_records": options.batch,
        "stream_buffer_maxsize": _ENVELOPES_WAITING,
        "stream_wait_empty": True,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "store": "memory://",
        "datadir": str(settings.home / "faust"),
        "web_host": options.host,
        "web_bind": options.host,
        "web_port": options.port,
    }


def _credentials(settings: Settings) -> SASLCredentials | SSLCredentials | None:
    security = settings.security
    if security.protocol == "PLAINTEXT":
        return None
    context = ssl.create_default_context(cafile=security.ssl_ca) if security.protocol.endswith("SSL") else None
    if not security.protocol.startswith("SASL"):
        return SSLCredentials(context=context)
    return SASLCredentials(
        username=security.sasl_username,
        password=security.sasl_password,
        mechanism=security.sasl_mechanism,
        ssl_context=context,
    )
