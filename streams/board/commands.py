"""From what somebody asks for to an Action event, or to a refusal with its reason.

Rules: who sees a case and is no viewer may act on it. What was decided on a page that has grown old is not done: if the
owner is another than the page showed, or somebody's taking is under way, the asker is told who has it. Nothing changes
here; it is *under way* until the case comes back through the stream.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from typing import NamedTuple

from processors.events import Action
from processors.settled import is_open, is_paused
from streams.board.identity import Identity
from streams.board.sending import Sending
from streams.board.store import Held, Record, Store
from streams.board.words import DEFAULT, Words
from streams.kafka.sender import SendError

TAKE, ASSIGN, PAUSE, RESUME, TELL, CLOSE = KINDS = ("take", "assign", "pause", "resume", "tell", "close")
_EVENT = {
    TAKE: "assigned",
    ASSIGN: "assigned",
    PAUSE: "paused",
    RESUME: "resumed",
    TELL: "told",
    CLOSE: "closed",
}
MOST_LETTERS = 300
_LOST_MS = 10 * 60_000  # what has not come back by then will not: it was set aside, or no worker runs


class Asked(NamedTuple):
    """A form. seen: the owner whom the page showed ("": nobody)."""

    case: str
    kind: str
    seen: str
    owner: str = ""
    cause: str = ""
    done: str = ""


class Refusal(Exception):
    """What was asked for is not done. status: of HTTP. key and values: of the sentence that says why."""

    def __init__(self, status: int, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


class Acting:
    """names: who may own a case of a unit."""

    def __init__(self, view: Store, sending: Sending, names: Callable[[str], Iterable[str]]) -> None:
        self._store, self._sending, self._names = view, sending, names
        self._lock = threading.Lock()

    def ask(self, asked: Asked, who: Identity, address: str | None, now: int) -> Record:
        """Do it; the audit. Raises Refusal, which is audited too where the case is one that they see."""
        held = self._store.case(asked.case)
        if held is None or not who.sees(held.unit):
            raise Refusal(404, "no_case", case=asked.case)
        audit = _audit(asked, who, held, address, now)
        with self._lock:
            held = self._store.case(asked.case) or held
            try:
                self._check(asked, who, held, now)
            except Refusal as refusal:
                reason = Words(DEFAULT, "UTC", now)(refusal.key, **refusal.values)
                self._tell(audit | {"outcome": "refused", "reason": reason[:MOST_LETTERS], "action": None})
                raise
            self._store.note(audit)
        try:
            self._sending.audit(audit)
            self._sending.action(_event(asked, who, str(audit["action"]), now))
        except SendError as wrong:
            self._tell(audit | {"outcome": "failed", "reason": str(wrong)[:MOST_LETTERS]})
            raise Refusal(503, "not_sent") from wrong
        return audit

    def _tell(self, audit: Record) -> None:
        self._store.note(audit)
        try:
            self._sending.audit(audit)
        except SendError:
            if audit["outcome"] == "refused":  # nothing was done, so nothing is lost but the note of it
                return
            # `failed` could not be written either; the `asked` in the topic, if it is there, stands for it.

    def _check(self, asked: Asked, who: Identity, held: Held, now: int) -> None:
        record = held.record
        if not who.acts(held.unit):
            raise Refusal(403, "may_not")
        for text in (asked.cause, asked.done, asked.owner):
            if len(text) > MOST_LETTERS:
                raise Refusal(422, "too_long", most=MOST_LETTERS, letters=len(text))
        state = of(record)
        if asked.kind in (TAKE, ASSIGN):
            self._check_owner(asked, who, held, now)
        if asked.kind != TELL and not state.is_open:
            raise Refusal(409, "is_closed")
        if asked.kind == TELL and state.told:
            raise Refusal(409, "is_told")
        if asked.kind == PAUSE and state.paused:
            raise Refusal(409, "is_paused")
        if asked.kind == RESUME and not state.paused:
            raise Refusal(409, "is_not_paused")
        if asked.kind in (PAUSE, CLOSE) and not asked.cause:
            raise Refusal(422, "no_cause")
        if asked.kind == CLOSE and not asked.done:
            raise Refusal(422, "no_done")

    def _check_owner(self, asked: Asked, who: Identity, held: Held, now: int) -> None:
        for one in self.under_way(held.record, now):
            if one["kind"] in (TAKE, ASSIGN) and one["owner"] != asked.seen:
                if one["owner"] == who.name:
                    raise Refusal(409, "yours_already")
                raise Refusal(409, "taken_now", owner=one["owner"], actor=one["actor"])
        owner = held.record["owner"] or ""
        if owner != asked.seen:
            if owner == who.name and asked.kind == TAKE:
                raise Refusal(409, "yours_already")
            raise Refusal(409, "taken_meanwhile" if owner else "given_up", owner=owner)
        if asked.kind == TAKE and owner == who.name:
            raise Refusal(409, "yours_already")
        if asked.kind == ASSIGN and asked.owner not in self._names(held.unit):
            raise Refusal(422, "no_such_owner" if asked.owner else "no_owner", owner=asked.owner)

    def under_way(self, record: Record, now: int) -> list[Record]:
        """What was asked for and has not come back through the stream yet, oldest first."""
        return [
            one
            for one in self._store.audits(record["case"])
            if one["outcome"] == "asked" and one["at"] > now - _LOST_MS and not _came(one, record)
        ]


class State(NamedTuple):
    """How the last cycle stands."""

    is_open: bool
    paused: bool
    told: bool


def of(record: Record) -> State:
    """The state of a case."""
    last = record["cycles"][-1]
    return State(is_open(last), is_paused(last), last["told_at"] is not None)


def _came(audit: Record, record: Record) -> bool:
    """Whether the case shows it: folded since, with its effect or with something later."""
    if record["revision"] <= audit["revision"]:
        return False
    state = of(record)
    effect: bool = {
        TAKE: record["owner"] == audit["owner"],
        ASSIGN: record["owner"] == audit["owner"],
        PAUSE: state.paused,
        RESUME: not state.paused,
        TELL: state.told,
        CLOSE: not state.is_open,
    }[audit["kind"]]
    return effect or record["last_at"] > audit["at"]


def _audit(asked: Asked, who: Identity, held: Held, address: str | None, now: int) -> Record:
    name = uuid.uuid4().hex
    return {
        "id": name,
        "at": now,
        "case": asked.case,
        "kind": asked.kind,
        "outcome": "asked",
        "reason": None,
        "actor": who.name,
        "role": who.role,
        "unit": held.record["unit"],
        "action": f"board/{name}",
        "owner": {TAKE: who.name, ASSIGN: asked.owner[:MOST_LETTERS]}.get(asked.kind),
        "cause": asked.cause[:MOST_LETTERS] or None,
        "done": asked.done[:MOST_LETTERS] or None,
        "revision": held.revision,
        "address": address,
    }


def _event(asked: Asked, who: Identity, name: str, now: int) -> Action:
    owner = {TAKE: who.name, ASSIGN: asked.owner}.get(asked.kind)
    taken = True if asked.kind == TAKE else None
    return Action(name, now, asked.case, _EVENT[asked.kind], who.name, owner, cause=asked.cause or None, taken=taken)
