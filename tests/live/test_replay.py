"""Replaying onto a real broker: what is sent arrives, keyed and described, and what cannot be sent is an error."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Message

from processors.canonical import render
from processors.events import Action, Decision, Event, Feedback, Indicator, Obstacle, Pulse
from schemas.codec import Codec
from streams.kafka.sender import Sender, SendError
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from tests.live.workers import read
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
AT = 1_772_442_900_000
EVENTS: list[tuple[str, Event, str]] = [
    ("touchpoint.feedback.v1", Feedback("f", AT, "case-ä", "web", "critical", customer="Aino"), "case-ä"),
    ("touchpoint.action.v1", Action("a", AT + 1, "case-ä", "acknowledged"), "case-ä"),
    ("leadership.decision.v1", Decision("d", AT + 2, "dec", "made", "tactical", cases=("case-ä",)), "dec"),
    ("touchpoint.obstacle.v1", Obstacle("o", AT + 3, "obs", "raised", "web", "vendor"), "obs"),
    ("employee.pulse.v1", Pulse("p", AT + 4, "desk", None, "top", "trust", 0.5), "desk"),
    ("organisation.indicator.v1", Indicator("i", AT + 5, "sales", "won", "customer", "lagging", 7.0), "sales"),
]


def codec(settings: Settings) -> Codec:
    return Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))


def arrived(settings: Settings, topic: str) -> list[Message]:
    """All events of a topic (control records have no key), partition by partition up to its end."""
    return [message for message in read(settings, settings.topic(topic)) if message.key() is not None]


def test_every_kind_of_event_arrives_with_its_key_and_headers(applied: Settings) -> None:
    sender = Sender(applied, codec(applied), "/test")
    for _, event, _ in EVENTS:
        sender.send(event)
    sender.close()
    pseudonym = Pseudonym(applied.pseudonym_key)("Aino")
    for topic, event, key in EVENTS:
        (message,) = arrived(applied, topic)
        assert message.key() == key.encode()
        expected = event._replace(customer=pseudonym) if isinstance(event, Feedback) else event
        assert codec(applied).decode(type(event).__name__.lower(), message.value()) == expected
        assert dict(message.headers() or ()) == {
            "ce_specversion": b"1.0",
            "ce_id": event.id.encode(),
            "ce_source": b"/test",
            "ce_type": topic.encode(),
            "ce_time": f"2026-03-02T09:15:00.{event.at % 1000:03d}Z".encode(),
            "content-type": b"application/avro",
        }
        assert sender.sent[applied.topic(topic)] == 1


def test_keys_fall_into_the_partitions_that_java_clients_choose(applied: Settings) -> None:
    # The hashes are those of Kafka's own test of murmur2.
    hashes = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "abc": 479470107}
    sender = Sender(applied, codec(applied))
    for case in hashes:
        sender.send(Action(case, AT, case, "told"))
    sender.close()
    found = {
        (message.key() or b"").decode(): message.partition() for message in arrived(applied, "touchpoint.action.v1")
    }
    assert found == {case: (hash_ & 0x7FFFFFFF) % applied.partitions for case, hash_ in hashes.items()}


def test_event_can_be_sent_to_a_partition_of_choice(applied: Settings) -> None:
    sender = Sender(applied, codec(applied))
    for partition in range(applied.partitions):
        sender.send_at(Action(str(partition), AT, "case", "told"), partition)
    sender.close()
    assert {m.partition() for m in arrived(applied, "touchpoint.action.v1")} == set(range(applied.partitions))


def test_undelivered_event_is_an_error_and_not_a_line_in_a_log(applied: Settings) -> None:
    sender = Sender(applied, codec(applied))
    sender.send_at(Action("a", AT, "case", "told"), applied.partitions - 1)
    with pytest.raises(SendError, match="partition"):
        sender.send_at(Action("b", AT, "case", "told"), applied.partitions)


def test_missing_topics_are_told_before_anything_is_sent(settings: Settings) -> None:
    with pytest.raises(SendError, match="run `rytmi topics apply`"):
        Sender(settings, codec(settings))


def test_interrupted_replay_delivers_what_it_sent_and_says_how_far_it_got(applied: Settings, tmp_path: Path) -> None:
    events = [Action("now", AT, "case", "told"), Action("in ten days", AT + 864_000_000, "case", "closed")]
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps(render(event)) for event in events), "utf-8")
    assert applied.kafka_bootstrap is not None
    env = os.environ | {
        "RYTMI_KAFKA_BOOTSTRAP": applied.kafka_bootstrap,
        "RYTMI_TOPIC_PREFIX": applied.topic_prefix,
        "RYTMI_HOME": str(applied.home),
    }
    command = [sys.executable, "-m", "streams.cli.main", "replay", "--speed", "60", str(tmp_path / "events.jsonl")]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as replay:
        until(lambda: arrived(applied, "touchpoint.action.v1"), 60, "the first event has arrived")
        replay.send_signal(signal.SIGINT)
        _, said = replay.communicate(timeout=60)
    assert replay.returncode == 130, said
    assert "1 events in" in said
    assert "all of these are delivered, the last 'now' at 2026-03-02T09:15:00.000Z" in said
    assert [dict(m.headers() or ())["ce_id"] for m in arrived(applied, "touchpoint.action.v1")] == [b"now"]
