"""Records that cannot be folded: set aside with their bytes and the reason, and how many of them are borne."""

from __future__ import annotations

from typing import Any, NamedTuple

from processors.alarm_record import Alarm, dead_letter
from processors.policy import Policies
from streams.kafka.records import ProducerRecord


class TooManyDeadLetters(RuntimeError):
    """So many unreadable records in a row that it is a deployment gone wrong: stop, and set nothing more aside."""


class DeadLetter(NamedTuple):
    """A record that cannot be folded, and why. feedback: (touchpoint, severity) of one that could be read."""

    topic: str
    record: Any
    reason: str
    message: str
    feedback: tuple[str, str] | None = None

    def output(self, partition: int) -> ProducerRecord:
        """The record as it came, and in headers whence, and why it is here."""
        about = [
            *self.record.headers,
            ("rytmi_topic", self.topic.encode()),
            ("rytmi_partition", str(partition).encode()),
            ("rytmi_offset", str(self.record.offset).encode()),
            ("rytmi_reason", self.reason.encode()),
            ("rytmi_message", self.message.encode("utf-8", "replace")),
        ]
        return ProducerRecord("rytmi.deadletter.v1", self.record.key, self.record.value, about)

    def alarm(self, partition: int, now: int, policies: Policies) -> Alarm | None:
        """Critical feedback that cannot be taken in is somebody's to look at; None for all else."""
        if self.feedback is None or self.feedback[1] != "critical":
            return None
        key = self.record.key
        case = key.decode("utf-8", "replace") if key is not None else None
        place = self.topic, partition, self.record.offset
        return dead_letter(place, case, self.feedback[0], self.reason, self.record.timestamp, now, policies)


def enforce_limit(letter: DeadLetter, partition: int, consecutive: int, most: int) -> None:
    """Raise TooManyDeadLetters after more than `most` consecutive failures of a topic (0: no limit)."""
    if 0 < most < consecutive:
        raise TooManyDeadLetters(
            f"{letter.topic} [{partition}]: {consecutive} records in a row could not be taken in, the last at "
            f"offset {letter.record.offset} ({letter.reason}: {letter.message}). Mend the producer or the schema, "
            "or raise RYTMI_MOST_DEADLETTERS_IN_A_ROW (0: no limit) to set them all aside"
        )
