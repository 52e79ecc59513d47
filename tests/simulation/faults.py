"""What goes wrong with requests of the simulated workers: crashes around them, lost answers, ends that come late."""

from __future__ import annotations

from collections import Counter
from random import Random

from confluent_kafka import KafkaError, KafkaException

from tests.memory.log import MemoryLog
from tests.memory.transactions import Status


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

    def sending(self, name: str) -> None:
        """A record of a transaction is on its way: a late end may overtake it, and the process may be gone."""
        if not self.odds:
            return
        mine = [one for one in self.late if one[0] == name]
        if mine and not self._dice.randrange(3):
            self.late.remove(mine[0])
            self._end_late(*mine[0])
        if not self._dice.randrange(20 * self.odds):
            self.done["faults crash inside"] += 1
            raise Crash(f"inside a transaction of {name}")

    def after(self, request: str, name: str) -> None:
        kind = self._draw(("crash", "lost", "blurred"))
        if kind == "crash":
            raise Crash(f"after {request} of {name}")
        self._unanswered.discard(name)
        if kind == "blurred" and request == "commit":
            raise refused(KafkaError.UNKNOWN, f"{request} of {name} was done, and answered with an error")
        if kind == "lost" and request != "init":
            self._unanswered.add(name)
            raise unanswered(f"the answer to {request} of {name} was lost")

    def arrive(self) -> bool:
        """One of the late requests reaches the coordinator; whether one did, and was taken."""
        if not self.late:
            return False
        return self._end_late(*self.late.pop(self._dice.randrange(len(self.late))))

    def _end_late(self, name: str, epoch: int, status: Status) -> bool:
        is_taken = self.log.late_end(name, epoch, status)
        self.done["late ends taken" if is_taken else "late ends refused"] += 1
        return is_taken

    def _draw(self, kinds: tuple[str, ...]) -> str | None:
        if not self.odds or self._dice.randrange(self.odds):
            return None
        kind = self._dice.choice(kinds)
        self.done[f"faults {kind}"] += 1
        return kind
