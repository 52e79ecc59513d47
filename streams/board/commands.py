"""Commands: what somebody asks for on a page becomes an Action event, or is refused with a reason.

Whoever sees a case and is no viewer may act on it. What was decided on a page that is out of date is not done: if the
owner is another than the page showed, or somebody else is taking the case at this moment, the person who asks is told
who has it. A command changes nothing in the board's store but the note that it is *under way*; its effect is shown when
the case comes back through the stream.
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


class Command(NamedTuple):
    """The fields of a form. seen: the owner whom the page showed ("": nobody)."""

    case: str
    kind: str
    seen: str
    owner: str = ""
    cause: str = ""
    done: str = ""


class Refusal(Exception):
    """A command is not carried out. status: of HTTP. key and values: of the sentence that says why."""

    def __init__(self, status: int, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


class Commands:
    """Carries commands out; one object for all threads. names: gives the people who may own a case of a unit."""

    def __init__(self, view: Store, sending: Sending, names: Callable[[str], Iterable[str]]) -> None:
        self._store, self._sending, self._names = view, sending, names
        self._lock = threading.Lock()

    def handle(self, command: Command, who: Identity, address: str | None, now: int) -> Record:
        """Write the audit, then send the action, and wait until both are acknowledged; the audit.

        Raises Refusal. The refusal is audited as well, unless the case is one that they do not see.
        """
        held = self._store.case(command.case)
        if held is None or not who.sees(held.unit):
            raise Refusal(404, "no_case", case=command.case)
        audit = _audit(command, who, held, address, now)
        with self._lock:
            held = self._store.case(command.case) or held
            try:
                self._check(command, who, held, now)
            except Refusal as refusal:
                reason = Words(DEFAULT, "UTC", now)(refusal.key, **refusal.values)
                self._note(audit | {"outcome": "refused", "reason": reason[:MOST_LETTERS], "action": None})
                raise
            self._store.note(audit)
        try:
            self._sending.audit(audit)
            self._sending.action(_event(command, who, str(audit["action"]), now))
        except SendError as wrong:
            self._note(audit | {"outcome": "failed", "reason": str(wrong)[:MOST_LETTERS]})
            raise Refusal(503, "not_sent") from wrong
        return audit

    def _note(self, audit: Record) -> None:
        self._store.note(audit)
        try:
            self._sending.audit(audit)
        except SendError:
            if audit["outcome"] == "refused":  # nothing was done, so nothing is lost but the note of it
                return
            # `failed` could not be written either; the `asked` in the topic, if it is there, stands for it.

    def _check(self, command: Command, who: Identity, held: Held, now: int) -> None:
        record = held.record
        if not who.acts(held.unit):
            raise Refusal(403, "may_not")
        for text in (command.cause, command.done, command.owner):
            if len(text) > MOST_LETTERS:
                raise Refusal(422, "too_long", most=MOST_LETTERS, letters=len(text))
        state = state_of(record)
        if command.kind in (TAKE, ASSIGN):
            self._check_owner(command, who, held, now)
        if command.kind != TELL and not state.is_open:
            raise Refusal(409, "is_closed")
        if command.kind == TELL and state.told:
            raise Refusal(409, "is_told")
        if command.kind == PAUSE and state.paused:
            raise Refusal(409, "is_paused")
        if command.kind == RESUME and not state.paused:
            raise Refusal(409, "is_not_paused")
        if command.kind in (PAUSE, CLOSE) and not command.cause:
            raise Refusal(422, "no_cause")
        if command.kind == CLOSE and not command.done:
            raise Refusal(422, "no_done")

    def _check_owner(self, command: Command, who: Identity, held: Held, now: int) -> None:
        for one in self.under_way(held.record, now):
            if one["kind"] in (TAKE, ASSIGN) and one["owner"] != command.seen:
                if one["owner"] == who.name:
                    raise Refusal(409, "yours_already")
                raise Refusal(409, "taken_now", owner=one["owner"], actor=one["actor"])
        owner = held.record["owner"] or ""
        if owner != command.seen:
            if owner == who.name and command.kind == TAKE:
                raise Refusal(409, "yours_already")
            raise Refusal(409, "taken_meanwhile" if owner else "given_up", owner=owner)
        if command.kind == TAKE and owner == who.name:
            raise Refusal(409, "yours_already")
        if command.kind == ASSIGN and command.owner not in self._names(held.unit):
            raise Refusal(422, "no_such_owner" if command.owner else "no_owner", owner=command.owner)

    def under_way(self, record: Record, now: int) -> list[Record]:
        """The audits of commands whose effect has not come back through the stream yet, oldest first."""
        return [
            one
            for one in self._store.audits(record["case"])
            if one["outcome"] == "asked" and one["at"] > now - _LOST_MS and not _has_come_back(one, record)
        ]


class State(NamedTuple):
    """The state of the last cycle of a case."""

    is_open: bool
    paused: bool
    told: bool


def state_of(record: Record) -> State:
    """The state of a case, by its last cycle."""
    last = record["cycles"][-1]
    return State(is_open(last), is_paused(last), last["told_at"] is not None)


def _has_come_back(audit: Record, record: Record) -> bool:
    """Whether the case shows the command's effect, or something that happened to the case after it."""
    if record["revision"] <= audit["revision"]:
        return False
    state = state_of(record)
    effect: bool = {
        TAKE: record["owner"] == audit["owner"],
        ASSIGN: record["owner"] == audit["owner"],
        PAUSE: state.paused,
        RESUME: not state.paused,
        TELL: state.told,
        CLOSE: not state.is_open,
    }[audit["kind"]]
    return effect or record["last_at"] > audit["at"]


def _audit(command: Command, who: Identity, held: Held, address: str | None, now: int) -> Record:
    name = uuid.uuid4().hex
    return {
        "id": name,
        "at": now,
        "case": command.case,
        "kind": command.kind,
        "outcome": "asked",
        "reason": None,
        "actor": who.name,
        "role": who.role,
        "unit": held.record["unit"],
        "action": f"board/{name}",
        "owner": {TAKE: who.name, ASSIGN: command.owner[:MOST_LETTERS]}.get(command.kind),
        "cause": command.cause[:MOST_LETTERS] or None,
        "done": command.done[:MOST_LETTERS] or None,
        "revision": held.revision,
        "address": address,
    }


def _event(command: Command, who: Identity, name: str, now: int) -> Action:
    owner = {TAKE: who.name, ASSIGN: command.owner}.get(command.kind)
    cause, taken = command.cause or None, True if command.kind == TAKE else None
    return Action(name, now, command.case, _EVENT[command.kind], who.name, owner, cause=cause, taken=taken)
