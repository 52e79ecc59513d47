"""A simulated organisation sent straight into the topics of a real broker: all at once as history, or paced."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from confluent_kafka import Message

from processors.canonical import instant
from processors.events import TYPES, Event
from schemas.codec import Codec
from streams.config import load
from streams.demo.organisation import Organisation, beginning
from streams.kafka.topics import INPUTS
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from tests.live.workers import read
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rytmi.yaml"
END = "2026-03-02T12:00:00+02:00"
WEEKS = 0.3


def command(applied: Settings, *options: str) -> tuple[list[str], dict[str, str]]:
    assert applied.kafka_bootstrap is not None
    env = os.environ | {
        "RYTMI_KAFKA_BOOTSTRAP": applied.kafka_bootstrap,
        "RYTMI_TOPIC_PREFIX": applied.topic_prefix,
        "RYTMI_HOME": str(applied.home),
    }
    simulate = ["simulate", "--config", str(EXAMPLE), "--seed", "7", "--weeks", str(WEEKS), "--until", END, "--send"]
    return [sys.executable, "-m", "streams.cli.main", *simulate, *options], env


def history() -> list[Event]:
    config = load(EXAMPLE)
    return list(Organisation(config, 7, beginning(instant(END), WEEKS, config.timezone)).until(instant(END)))


def records(settings: Settings, record: str) -> list[Message]:
    """All that stands in an input topic, partition by partition; control records have no key."""
    return read(settings, settings.topic(INPUTS[record]))


def test_history_arrives_whole_and_announced_as_one(applied: Settings) -> None:
    simulate, env = command(applied)
    done = subprocess.run(simulate, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    codec = Codec(None, Pseudonym(applied.pseudonym_key))
    sent = history()
    assert f"{len(sent):,} events in" in done.stderr
    kinds = {name: kind for name, kind in TYPES.items() if name in INPUTS}
    for name, kind in kinds.items():
        messages = records(applied, name)
        arrived = [codec.decode(name, message.value()) for message in messages if message.key() is not None]
        assert sorted(arrived) == sorted(event for event in sent if type(event) is kind), name
        about = [dict(message.headers() or ())["ce_source"] for message in messages if message.key() is not None]
        assert set(about) <= {b"rytmi/simulation"}
    said = [
        (message.partition(), codec.decode("control", message.value())["kind"])
        for message in records(applied, "feedback")
        if message.key() is None
    ]
    assert Counter(said) == {
        (partition, kind): 1 for partition in range(applied.partitions) for kind in ("backfill_begin", "backfill_end")
    }


def test_scaled_clock_paces_them_and_an_interruption_says_how_far_it_got(applied: Settings) -> None:
    simulate, env = command(applied, "--speed", "600", "--no-backfill")
    with subprocess.Popen(simulate, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as running:
        until(lambda: records(applied, "indicator"), 120, "the first hour is over")
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "interrupted: all of these are delivered, the last" in said
    arrived = [message for name in INPUTS for message in records(applied, name)]
    assert all(message.key() is not None for message in arrived), "nothing was announced"
    assert f"{len(arrived):,} events in" in said
    first = {dict(message.headers() or ())["ce_id"] for message in arrived}
    assert first == {event.id.encode() for event in history()[: len(arrived)]}
