"""Whatever stands in an input topic is folded, or a repeat, or a dead letter with its bytes; nothing is dropped."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from confluent_kafka import Message

from processors.events import Action, Decision, Feedback, Obstacle
from processors.ledger import MAX_EVENTS
from streams.kafka.topics import INPUTS
from streams.settings import Settings
from tests.live.workers import CONFIG, ENTERING, Crew, Progress, Raw, WorkerProcess, codec, read

pytestmark = pytest.mark.live

SEED = 20260302
FOLDED, REPEATED, ANYTHING = "folded", "repeated", "anything"
UNREADABLE = ("undecodable", "unknown_schema")  # random bytes may begin like a frame
NOW = time.time_ns() // 1_000_000
HOUR = 3_600_000
YEAR_1970, YEAR_2999 = 1_000_000, 32_472_144_000_000


class Told(NamedTuple):
    """A record of a dead letter topic."""

    reason: str
    message: str
    record: Message


def dead_letters(settings: Settings) -> dict[tuple[str, int, int], Told]:
    """By the place of the original."""
    found = {}
    for message in read(settings, settings.topic("rytmi.deadletter.v1")):
        about = {name: value for name, value in message.headers() or () if name.startswith("rytmi_")}
        place = about["rytmi_topic"].decode(), int(about["rytmi_partition"]), int(about["rytmi_offset"])
        assert place not in found, f"{place} was set aside twice"
        found[place] = Told(about["rytmi_reason"].decode(), about["rytmi_message"].decode(), message)
    return found


def results(workers: list[WorkerProcess], settings: Settings) -> dict[str, Counter[str]]:
    """What became of the records, by input."""
    found = {record: Counter[str]() for record in INPUTS}
    names = {settings.topic(topic): record for record, topic in INPUTS.items()}
    for worker in workers:
        for labels, value in worker.metrics().of("rytmi_events_total"):
            found[names[labels["topic"]]][labels["result"]] += int(value)
    return found


def feedback(number: int, at: int = NOW, case: str | None = None) -> Feedback:
    return Feedback(f"good-{number}", at, case or f"case-{number}", "web", "normal", "complaint", "phone", text="ä" * 9)


def damaged(out: Raw, dice: random.Random) -> None:
    """Truncated, random and overwritten bytes, with good records in between."""
    whole = out.bytes_of(feedback(0, case="truncated"))
    for length in range(len(whole)):
        out.send("feedback", b"truncated", whole[:length], "undecodable")
    for number in range(300):
        out.send("feedback", b"random", dice.randbytes(dice.randrange(200)), UNREADABLE)
        if number % 50 == 0:
            out.event(feedback(1_000 + number), FOLDED)
    for _ in range(300):
        spoilt = bytearray(whole)
        for _ in range(2):
            spoilt[dice.randrange(10, len(spoilt))] = dice.randrange(256)
        out.send("feedback", b"truncated", bytes(spoilt), ANYTHING)
    for record in ("action", "decision", "obstacle"):
        for _ in range(50):
            out.send(record, b"random", b"\xc3\x01" + dice.randbytes(dice.randrange(200)), ANYTHING)
    out.send("feedback", b"unknown", b"\xc3\x01" + dice.randbytes(8) + whole[10:], "unknown_schema")
    out.send("feedback", b"registry", b"\x00\x00\x00\x00\x07" + whole[10:], "unknown_schema")
    out.send("feedback", b"told", out.bytes_of(Action("a", NOW, "told", "told")), "unknown_schema")
    out.send("feedback", b"whole", whole + b"\x00", "undecodable")


def odd(out: Raw) -> None:
    """Records that can be read and must not be taken as they are."""
    good = feedback(1, case="odd")
    out.send("feedback", None, out.bytes_of(good), "missing_key")
    out.send("action", None, out.bytes_of(Action("a", NOW, "odd", "told")), "missing_key")
    out.send("feedback", b"", out.bytes_of(good), "key_mismatch")
    out.send("feedback", b"another", out.bytes_of(good), "key_mismatch")
    out.send(
        "decision", b"odd", out.bytes_of(Decision("d", NOW, "dec", "made", "tactical", cases=("odd",))), "key_mismatch"
    )
    out.send("feedback", b"odd", None, "undecodable")  # a tombstone
    out.send("feedback", None, None, "missing_key")
    out.event(good._replace(id="1970", at=YEAR_1970), "invalid")
    out.event(good._replace(id="2999", at=YEAR_2999), "from_the_future")
    out.event(good._replace(id="far", at=NOW + 30 * HOUR), "from_the_future")
    out.event(good._replace(id="2003", at=NOW - 23 * 365 * 24 * HOUR, case="2003"), "too_late")
    out.event(good._replace(id="nan", score=float("nan"), scale="nps"), "invalid")
    out.event(good._replace(id="nan", emotion=float("nan")), "invalid")
    out.event(good._replace(id="infinite", emotion=float("inf")), "invalid")
    out.event(good._replace(id="long", text="x" * 5_000_000), "too_large")
    out.event(good._replace(id="severity", severity="awful"), "invalid")
    out.event(good._replace(id="no-id" * 1000), "too_large")
    out.event(Decision("many", NOW, "many", "made", "tactical", cases=tuple(map(str, range(10_001)))), "too_large")
    for name in ("\x00", " ", "é" * 500, "../../x", "a\nb", "{}", "%s"):
        out.event(Feedback(name, NOW, name, "web", "low"), FOLDED)


def crowded(out: Raw) -> None:
    """With its feedback two thousand events on one case."""
    for number in range(1, 2_000):
        action = Action(f"crowd-{number}", NOW + number, "crowded", "assigned", owner="somebody")
        out.event(action, FOLDED if number < MAX_EVENTS else "too_large")


def again(out: Raw) -> None:
    """Repeats, and another content under a known id."""
    for number in range(100, 110):
        event = feedback(number)
        out.event(event, FOLDED)
        for _ in range(3):
            out.event(event, REPEATED)
        out.event(event._replace(severity="high"), "id_conflict")
    made = Decision("made", NOW, "dec", "made", "tactical", cases=("case-100", "case-101"))
    out.event(made, FOLDED)
    out.event(made, REPEATED)
    out.event(made._replace(level="strategic"), "id_conflict")
    raised = Obstacle("raised", NOW, "obs", "raised", "web", "vendor", ("case-100",))
    out.event(raised, FOLDED)
    out.event(raised, REPEATED)
    out.event(raised._replace(cause="law"), "id_conflict")


@pytest.fixture
def progress(applied: Settings) -> Iterator[Progress]:
    asked = Progress(applied)
    yield asked
    asked.close()


def test_every_record_is_folded_repeated_or_set_aside_with_its_bytes(applied: Settings, progress: Progress) -> None:
    out = Raw(applied)
    dice = random.Random(SEED)
    with Crew(applied) as crew:
        workers = [crew.start(), crew.start()]
        damaged(out, dice)
        odd(out)
        again(out)
        out.event(feedback(3, NOW + 6 * HOUR, "fast-clock"), FOLDED)
        out.event(feedback(4, NOW, "elsewhere")._replace(touchpoint="moon"), FOLDED)
        out.event(feedback(2, case="crowded"), FOLDED)
        out.flush()
        progress.await_settled(60)  # topics have no order among them: only so it is known which find the case full
        crowded(out)
        out.flush()
        progress.await_settled(60)
        # What came of it must not have hurt anybody: good events are still taken in, everywhere.
        for number in range(200, 240):
            out.event(feedback(number), FOLDED)
        out.event(Decision("late", NOW, "late", "made", "tactical", cases=("crowded", "case-200")), FOLDED)
        out.flush()
        progress.await_settled(60)
        taken = results(workers, applied)
        said = "".join(worker.said() for worker in workers)
        ahead = sum(worker.metrics().sum("rytmi_ahead_total") for worker in workers)
        assert [worker.stop() for worker in workers] == [0, 0]
    letters = dead_letters(applied)
    _every_letter_is_the_original(applied, letters)
    _verdicts_are_as_expected(out, letters)
    _sums_agree(applied, out, taken, letters)
    cases = {m.key().decode(): codec().decode("case", m.value()) for m in read(applied, applied.topic("rytmi.case.v1"))}
    assert cases["elsewhere"]["touchpoint"] == "other"
    assert abs(cases["fast-clock"]["cycles"][0]["received_at"] - NOW) < 3 * HOUR  # its arrival, not six hours on
    assert ahead == 1
    assert "its clock right?" in said
    assert cases["crowded"]["revision"] == MAX_EVENTS
    assert cases["case-100"]["severity"] == "normal"
    assert {decision["decision"] for decision in cases["case-200"]["decisions"]} == {"late"}


def _every_letter_is_the_original(settings: Settings, letters: dict[tuple[str, int, int], Told]) -> None:
    """Key, value and headers are those of the record that stands at the place that the letter names."""
    originals = {
        (m.topic(), m.partition(), m.offset()): m
        for record in INPUTS
        for m in read(settings, settings.topic(INPUTS[record]))
    }
    for place, letter in letters.items():
        original, copy = originals[place], letter.record
        assert copy.value() == original.value()
        assert copy.key() == original.key()
        kept = [(name, value) for name, value in copy.headers() or () if not name.startswith("rytmi_")]
        assert kept == (original.headers() or [])
        assert letter.message


def _verdicts_are_as_expected(out: Raw, letters: dict[tuple[str, int, int], Told]) -> None:
    for place, label in out.sent.items():
        letter = letters.get(place)
        if label in (FOLDED, REPEATED):
            assert letter is None, f"{place} should be {label}, and is {letter.reason}: {letter.message}"
        elif label != ANYTHING:
            assert letter is not None, f"{place} should be set aside as {label}"
            allowed = label if isinstance(label, tuple) else (label,)
            assert letter.reason in allowed, f"{place} should be set aside as {label}: {letter.message}"


def _sums_agree(
    settings: Settings, out: Raw, taken: dict[str, Counter[str]], letters: dict[tuple[str, int, int], Told]
) -> None:
    print()
    for record in (*ENTERING, "link"):
        topic = settings.topic(INPUTS[record])
        sent = sum(place[0] == topic for place in out.sent) or len(read(settings, topic))
        aside = sum(place[0] == topic for place in letters)
        known = Counter(label for place, label in out.sent.items() if place[0] == topic)
        became = taken[record]
        print(
            f"{record}: {sent:,} in = {became['folded']:,} folded + {became['repeated']:,} repeated "
            f"+ {became['deadletter']:,} set aside; {aside:,} dead letters"
        )
        assert sent == became["folded"] + became["repeated"] + became["deadletter"]
        assert aside == became["deadletter"]
        assert became["repeated"] >= known[REPEATED]
        assert became["folded"] >= known[FOLDED]
    crowd = sum(letter.reason == "too_large" and letter.record.key() == b"crowded" for letter in letters.values())
    assert crowd == 2_000 - MAX_EVENTS + 1, "and the decision's link"
    reasons = Counter(letter.reason for letter in letters.values())
    print("dead letters:", ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common()))


def test_unknown_touchpoint_is_set_aside_where_that_is_configured(applied: Settings, progress: Progress) -> None:
    out = Raw(applied)
    with Crew(applied) as crew:
        worker = crew.start(config=crew.configured(CONFIG.replace("touchpoint: other", "touchpoint: reject")))
        out.event(feedback(1)._replace(touchpoint="moon"), "unknown_touchpoint")
        out.event(Action("a", NOW, "case-1", "reclassified", touchpoint="moon"), "unknown_touchpoint")
        out.event(Obstacle("o", NOW, "obs", "raised", "moon", "law"), "unknown_touchpoint")
        out.event(feedback(1)._replace(touchpoint="other"), FOLDED)
        out.event(feedback(2), FOLDED)
        out.flush()
        progress.await_settled(60)
        assert results([worker], applied)["feedback"] == {"folded": 2, "repeated": 0, "deadletter": 1}
        assert worker.metrics().sum("rytmi_deadletters_total", reason="unknown_touchpoint") == 3
    letters = dead_letters(applied)
    _every_letter_is_the_original(applied, letters)
    _verdicts_are_as_expected(out, letters)


def test_too_many_dead_letters_in_a_row_stop_the_worker(applied: Settings, progress: Progress) -> None:
    limit, first, more = 50, 40, 160
    out = Raw(applied)

    def bad(count: int) -> None:
        for _ in range(count):
            out.send("feedback", b"one", b"not what it should be", "undecodable")
        out.flush()

    options = ("--deadletters-in-a-row", str(limit))
    with Crew(applied) as crew:
        out.event(feedback(1, case="one"), FOLDED)
        bad(first)
        worker = crew.start(*options)
        progress.await_settled(60)  # not yet too many
        bad(more)
        for attempt in range(3):  # a supervisor starts it again and again: that must not drain everything aside
            assert attempt == 0 or worker.is_running(), worker.tail()
            assert worker.ended(60) == 1
            assert f"{limit + 1} records in a row could not be taken in" in worker.said()
            assert "RYTMI_MOST_DEADLETTERS_IN_A_ROW" in worker.said()
            assert len(dead_letters(applied)) == first
            worker = crew.start(*(options if attempt < 2 else ("--deadletters-in-a-row", "0")))
        out.event(feedback(2, case="one"), FOLDED)
        out.flush()
        progress.await_settled(60)
        assert worker.stop() == 0
    letters = dead_letters(applied)
    assert len(letters) == first + more
    _verdicts_are_as_expected(out, letters)
    (case,) = [codec().decode("case", m.value()) for m in read(applied, applied.topic("rytmi.case.v1"))][-1:]
    assert case["revision"] == 2
    print(
        f"\nat a limit of {limit}: {first} of {first + more} set aside before the worker stopped, 0 more by 2 restarts"
    )


def test_too_many_are_counted_over_restarts(applied: Settings, progress: Progress) -> None:
    out = Raw(applied)
    with Crew(applied) as crew:
        for part in range(3):
            for _ in range(20):
                out.send("action", b"one", b"not what it should be", "undecodable")
            out.flush()
            worker = crew.start("--deadletters-in-a-row", "50", "--session-timeout", "3")
            if part < 2:
                progress.await_settled(60)
                worker.kill()
        assert worker.ended(60) == 1
        assert len(dead_letters(applied)) == 40
