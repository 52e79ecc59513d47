"""What goes wrong with requests of the simulated workers: crashes around them, lost answers, ends that come late."""

from __future__ import annotations

from collections import Counter
from random import Random

from confluent_kafka import KafkaError, KafkaException

from streams.kafka.memory import MemoryLog
from streams.kafka.memory_transactions import Status


class Crash(BaseException):
    """The process is gone at this very moment. Not an Exception: nothing may handle it."""


def refused(code: int, words: str) -> KafkaException:
    """A request that took no effect, after which the transaction must be aborted and may be sent again."""
    return KafkaException(KafkaError(code, words, fatal=False, retriable=False, txn_requires_abort=True))


def unanswered(words: str) -> KafkaException:
    """A request of which nobody knows whether it took effect; the same request may be made again."""
    return KafkaException(
        KafkaError(KafkaError._TIMED_OUT, words, fatal=False, retriable=True, txn_requires_abort=False)
    )


class SeededFaults:
    """Faults by dice. odds: of one request in how many something goes wrong; 0: never.

    done: what went wrong is counted here.
    """

    def __init__(self, dice: Random, odds: int, done: Counter[str]) -> None:
        self._dice, self.odds, self.done = dice, odds, done
        self.log: MemoryLog  # set when the log is there
        self.late: list[tuple[str, int, Status]] = []
        self._unanswered: set[str] = set()  # what was written is written: such a request may fail, and is not refused

    def before(self, request: str, name: str) -> None:
        kind = self._draw(("crash", "refused", "late"))
        if kind == "crash":
            raise Crash(f"before {request} of {name}")
        if kind == "refused" and request != "init" and name not in self._unanswered:
            raise refused(KafkaError.NOT_ENOUGH_REPLICAS, f"{request} of {name} was refused")
        if kind == "late" and request in ("commit", "abort"):
            # The request is on its way and will be for long; the client asks again, and that is what is answered.
            status = Status.COMMITTED if request == "commit" else Status.ABORTED
            self.late.append((name, self.log.epoch_of(name), status))
            self._unanswered.add(name)
            raise unanswered(f"{request} of {name} was not answered")

    def after(self, request: str, name: str) -> None:
        kind = self._draw(("crash", "lost"))
        if kind == "crash":
            raise Crash(f"after {request} of {name}")
        self._unanswered.discard(name)
        if kind == "lost" and request != "init":
            self._unanswered.add(name)
            raise unanswered(f"the answer to {request} of {name} was lost")

    def arrive(self) -> bool:
        """One of the late requests reaches the coordinator; whether one did, and was taken."""
        if not self.late:
            return False
        is_taken = self.log.late_end(*self.late.pop(self._dice.randrange(len(self.late))))
        self.done["late ends taken" if is_taken else "late ends refused"] += 1
        return is_taken

    def _draw(self, kinds: tuple[str, ...]) -> str | None:
        if not self.odds or self._dice.randrange(self.odds):
            return None
        kind = self._dice.choice(kinds)
        self.done[f"faults {kind}"] += 1
        return kind
