"""`rytmi heartbeat`: a source says that it lives."""

from __future__ import annotations

import time
from pathlib import Path

import click

from streams import UserError


@click.command("heartbeat")
@click.argument("source")
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--every", type=click.FloatRange(1), metavar="SECONDS", help="Go on until ended; default: once.")
def command(source: str, path: Path, every: float | None) -> None:
    """Say in every partition that SOURCE lives and has sent all it had.

    A source declared under `sources` in rytmi.yaml is expected to say so more often than its `silent_after`. While it
    is silent, nothing that it might know is called overdue at its touchpoints: it is unknown, and shown as such.
    Run it beside the connector, only while the connector is well.

    \b
    rytmi heartbeat crm --every 30
    """
    from schemas.codec import Codec
    from streams.config import load
    from streams.config.problems import unknown
    from streams.kafka.control import HEARTBEAT, announce
    from streams.pseudonym import Pseudonym
    from streams.settings import Settings

    declared = {one.id: one for one in load(path).file.sources}
    if source not in declared:
        raise UserError(f"{path}: {unknown('source', source, sorted(declared))}")
    settings = Settings.from_env()
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    while True:
        announce(settings, codec, HEARTBEAT, source, declared[source].records)
        if every is None:
            return
        time.sleep(every)
