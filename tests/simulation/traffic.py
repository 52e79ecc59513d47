"""What happens in the simulated organisation, and how its records come to the topics: late, repeated, damaged.

Every record that is sent is remembered with what must become of it, so that the verdict need not ask the product.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

from processors.events import TYPES, Action, Decision, Event, Feedback, Indicator, Obstacle, Pulse
from processors.ledger import digest
from streams.kafka.control import BACKFILL_BEGIN, BACKFILL_END, HEARTBEAT, OF_CASES
from streams.kafka.headers import headers
from streams.kafka.topics import INPUTS
from tests.simulation.setting import CAUSES, CODEC, MINUTE, SECOND, SETTLE_MS, TOUCHPOINTS
from tests.simulation.world import World

_NAMES = {kind: name for name, kind in TYPES.items()}
_KEYS = {
    Feedback: "case",
    Action: "case",
    Decision: "decision",
    Obstacle: "obstacle",
    Pulse: "unit",
    Indicator: "function",
}
_ACTIONS = ("acknowledged", "assigned", "paused", "resumed", "reclassified", "told", "closed", "reopened", "withdrawn")
SEVERITIES = ("critical", "critical", "high", "low")
_HEADER = 10  # bytes that name the schema: what is cut off behind them is undecodable
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True)
class Sent:
    """An event as it was appended: where, and when (milliseconds)."""

    event: Event
    appended: int


class Traffic:
    """late_ms: by how much an event may lie behind when it is sent.

    dead: what must be set aside, by place and reason; alarmed: the alarms that it is worth, by id. heard: when the
    source was; backfills: when they began and ended (milliseconds).
    """

    def __init__(self, world: World, dice: Random, late_ms: int) -> None:
        self._world, self._dice, self._late_ms = world, dice, late_ms
        self.sent: list[Sent] = []
        self.dead: Counter[tuple[str, int, int, str]] = Counter()
        self.alarmed: list[str] = []
        self.heard: list[int] = []
        self.backfills: list[tuple[int, int]] = []
        self._waiting: list[Event] = []
        self._number = 0
        self._cases: list[str] = []
        self._decisions: list[tuple[str, tuple[str, ...]]] = []
        self._obstacles: list[tuple[str, tuple[str, ...]]] = []
        self._filling: str | None = None
        self._begun = 0

    def happen(self) -> None:
        """Something happens now; it is sent soon."""
        self._waiting.append(self._event(self._world.clock.ms - self._dice.randrange(self._late_ms + 1)))

    def answer(self, case: str, at: int) -> None:
        """Somebody does something about a case; it is sent soon."""
        dice = self._dice
        kind = dice.choice(("acknowledged", "told", "closed", "decision", "decision", "effective"))
        if kind == "decision":
            self._decisions.append((f"decision-{len(self._decisions)}", (case,)))
            name = self._decisions[-1][0]
            self._waiting.append(Decision(self._id(), at, name, "made", "strategic", "care", (case,)))
        elif kind == "effective":
            name = next((one for one, cases in self._decisions if case in cases), "decision-0")
            self._waiting.append(Decision(self._id(), at, name, kind, "strategic", "care", (case,)))
        else:
            self._waiting.append(Action(self._id(), at, case, kind))

    def send(self) -> None:
        """One of the waiting events is sent, not always the first."""
        if self._waiting:
            self._append(self._waiting.pop(self._dice.randrange(min(3, len(self._waiting)))))

    def flush(self) -> None:
        while self._waiting:
            self.send()
        if self._filling is not None:
            self.backfill()
        self.heartbeat()

    def send_before(self, instant: int) -> None:
        """Send what would be late if it were not sent before an instant (milliseconds)."""
        while any(event.at + self._late_ms < instant for event in self._waiting):
            self.send()

    def repeat(self) -> None:
        """A producer sends again what it has sent."""
        if self.sent:
            self._append(self._dice.choice(self.sent).event, is_new=False)

    def damage(self) -> None:
        """Something comes that cannot be folded."""
        kind = self._dice.choice(("undecodable", "missing_key", "key_mismatch", "id_conflict", "from_the_future"))
        severity = self._dice.choice(("low", "critical"))
        feedback = Feedback(self._id(), self._world.clock.ms, f"bad-{self._number}", "web", severity)
        value = CODEC.encode("feedback", feedback)
        if kind == "undecodable":
            self._put("feedback", b"x", value[: self._dice.randrange(_HEADER, len(value))] + b"\xff", kind)
        elif kind == "missing_key":
            self._put("feedback", None, value, kind)
        elif kind == "key_mismatch":
            self._put("feedback", b"other", value, kind, severity)
        elif kind == "from_the_future":
            value = CODEC.encode("feedback", feedback._replace(at=feedback.at + 2 * DAY))
            self._put("feedback", feedback.case.encode(), value, kind, severity)
        elif first := [one.event for one in self.sent if isinstance(one.event, Feedback)]:
            other = self._dice.choice(first)
            severity = "critical" if other.severity != "critical" else "normal"
            other = other._replace(severity=severity)
            self._put("feedback", other.case.encode(), CODEC.encode("feedback", other), kind, severity)

    def backfill(self) -> None:
        """A backfill begins, or ends."""
        name = "history"
        kind = BACKFILL_BEGIN if self._filling is None else BACKFILL_END
        if kind == BACKFILL_END:
            for _ in range(self._dice.randrange(4)):
                self._append(self._event(self._world.clock.ms - self._dice.randrange(40 * MINUTE)))
            self.backfills.append((self._begun, self._world.clock.ms))
        self._filling, self._begun = (name if kind == BACKFILL_BEGIN else None), self._world.clock.ms
        self._control(kind, name, OF_CASES)

    def heartbeat(self) -> None:
        """The declared source says that it lives."""
        self.heard.append(self._world.clock.ms)
        self._control(HEARTBEAT, "crm", ("feedback", "action"))

    @property
    def events(self) -> list[Event]:
        """Each event once."""
        return list(dict.fromkeys(one.event for one in self.sent))

    # -- what happens

    def _event(self, at: int) -> Event:
        dice = self._dice
        roll = dice.random()
        if roll < 0.22 or not self._cases:
            self._cases.append(f"case-{len(self._cases)}")
            return self._feedback(at, self._cases[-1])
        if roll < 0.68:
            case = dice.choice(self._cases)
            return self._feedback(at, case) if roll < 0.30 else self._action(at, case)
        if roll < 0.93:
            return self._decision(at) if roll < 0.82 else self._obstacle(at)
        if roll < 0.97:
            unit = dice.choice(("online", "care", "unknown"))
            return Pulse(self._id(), at, unit, None, "front", "able", dice.random())
        return Indicator(self._id(), at, "sales", "orders", "operational", "realtime", float(dice.randrange(100)))

    def _feedback(self, at: int, case: str) -> Feedback:
        dice = self._dice
        place = dice.choice((*TOUCHPOINTS, *TOUCHPOINTS, "undeclared"))
        score, scale = dice.choice(((None, None), (9.0, "nps"), (2.0, "stars")))
        due = at + dice.choice((5, 12)) * MINUTE if dice.random() < 0.1 else None
        return Feedback(self._id(), at, case, place, dice.choice(SEVERITIES), score=score, scale=scale, due_at=due)

    def _action(self, at: int, case: str) -> Action:
        dice, kind = self._dice, self._dice.choice(_ACTIONS)
        action = Action(self._id(), at, case, kind, actor=dice.choice((None, "ann", "bo")))
        if kind == "reclassified":
            return action._replace(severity=dice.choice(SEVERITIES), touchpoint=dice.choice((None, *TOUCHPOINTS)))
        if kind in ("acknowledged", "told"):
            return action._replace(taken=dice.choice((None, True)))
        return action._replace(owner="cy") if kind == "assigned" else action

    def _decision(self, at: int) -> Decision:
        dice = self._dice
        if self._decisions and dice.random() < 0.6:
            name, cases = dice.choice(self._decisions)
            more = (dice.choice(self._cases),) if dice.random() < 0.3 else ()
            stage = dice.choice(("effective", "effective", "revoked", "made"))
            return Decision(self._id(), at, name, stage, "tactical", "online", (*cases, *more))
        cases = tuple(sorted({dice.choice(self._cases) for _ in range(dice.randrange(1, 4))}))
        self._decisions.append((f"decision-{len(self._decisions)}", cases))
        return Decision(self._id(), at, self._decisions[-1][0], "made", "strategic", "care", cases)

    def _obstacle(self, at: int) -> Obstacle:
        dice = self._dice
        if self._obstacles and dice.random() < 0.5:
            name, cases = dice.choice(self._obstacles)
            stage = dice.choice(("removed", "removed", "raised"))
        else:
            cases = tuple(sorted({dice.choice(self._cases) for _ in range(dice.randrange(3))}))
            name, stage = f"obstacle-{len(self._obstacles)}", "raised"
            self._obstacles.append((name, cases))
        return Obstacle(self._id(), at, name, stage, dice.choice(TOUCHPOINTS), dice.choice(CAUSES), cases)

    def _id(self) -> str:
        self._number += 1
        return f"e{self._number}"

    # -- how it comes to the topics

    def _append(self, event: Event, is_new: bool = True) -> None:
        record, key = _NAMES[type(event)], str(getattr(event, _KEYS[type(event)]))
        about = headers(INPUTS[record], event.id, "/simulated", event.at)
        topic = self._world.settings.topic(INPUTS[record])
        self._world.log.append(topic, key.encode(), CODEC.encode(record, event), about)
        if is_new:
            self.sent.append(Sent(event, self._world.clock.ms))

    def _put(self, record: str, key: bytes | None, value: bytes, reason: str, severity: str = "") -> None:
        topic = self._world.settings.topic(INPUTS[record])
        partition = self._dice.randrange(self._world.settings.partitions) if key in (None, b"x", b"other") else -1
        place = self._world.log.append(topic, key, value, (), partition)
        at = topic, place.partition, self._world.log.high_watermark(place) - 1
        self.dead[*at, reason] += 1
        if severity == "critical":
            self.alarmed.append(digest("deadletter", *at))

    def _control(self, kind: str, name: str, records: tuple[str, ...]) -> None:
        value = CODEC.encode("control", {"kind": kind, "id": name, "at": self._world.clock.ms})
        for record in records:
            for partition in range(self._world.settings.partitions):
                self._world.log.append(self._world.settings.topic(INPUTS[record]), None, value, (), partition)


LAG_MS, LATE_MS = SETTLE_MS - SECOND, 20 * MINUTE
"""What an organisation's systems take to send an event, when nothing is late and when they are far behind."""
