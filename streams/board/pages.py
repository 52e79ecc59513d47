"""What each page shows, to whom."""

# ruff: noqa: ARG002 - every page is given the same

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from schemas.codec import Codec
from streams.board import cases, person, unit_page
from streams.board.access import Access
from streams.board.commands import Commands, state_of
from streams.board.identity import Identity
from streams.board.projection import ALARM, CLOCK
from streams.board.store import Store
from streams.board.timeline import items, picture
from streams.board.words import Words
from streams.config import Config
from streams.explain.gathering import gather
from streams.explain.story import story
from streams.language.statements import Instant

Shown = tuple[str, dict[str, Any]]
"""Name of a template, and what it is given."""

_AUDITS_SHOWN = 200
_SLOW_MS = 10_000
_LATEST_SHOWN = 200  # of a story: a case may have a thousand events


@dataclass
class Pages:
    """Each method is a page. What is not for somebody to see does not exist for them (HTTPException 404, or 403)."""

    config: Config
    store: Store
    codec: Codec
    access: Access
    commands: Commands

    def cases(self, request: Request, who: Identity, say: Words) -> Shown:
        """What is overdue and what soon will be."""
        filtered = cases.asked(request.query_params)
        return "cases", cases.show(self.store, self.config.policies, filtered, who, say.now)

    def case(self, request: Request, who: Identity, say: Words) -> Shown:
        """One case."""
        return "case", self.case_shown(request.path_params["case"], who, say)

    def case_shown(self, case: str, who: Identity, say: Words) -> dict[str, Any]:
        """A case: how it stands, what can be done, what is under way, its story."""
        held = self.store.case(case)
        if held is None or not who.sees(held.unit):
            raise HTTPException(404, say("no_case", case=case))
        record = held.record
        said = list(self.store.said(case))
        outcomes = [self.codec.decode("clock", value) for topic, value in said if topic == CLOCK]
        alarms = [self.codec.decode("alarm", value) for topic, value in said if topic == ALARM]
        at = max(say.now, record["last_at"])
        facts = gather(record, outcomes, alarms, at, self.config)
        (_, summary), *parts = story(facts, self.config.timezone)
        told = items(facts, outcomes, self.store.audits(case), say)
        return {
            "case": case,
            "record": record,
            "unit": held.unit,
            "row": cases.row(record, at, cases.SOON["1d"], self.config.policies),
            "state": state_of(record),
            "summary": [say.say(one) for one in summary],
            "parts": [(say.say(heading), [say.say(one) for one in lines]) for heading, lines in parts],
            "timeline": told[-_LATEST_SHOWN:],
            "picture": picture(facts),
            "pending": [_pending(one, say) for one in self.commands.under_way(record, say.now)],
            "acts": who.acts(held.unit),
            "mine": record["owner"] == who.name,
            "names": sorted(self.names(held.unit)),
            "taken": record["owner"] or "",
        }

    def me(self, request: Request, who: Identity, say: Words) -> Shown:
        """What my customers experience."""
        return self._person_shown(who.name, who, say)

    def person(self, request: Request, who: Identity, say: Words) -> Shown:
        """The same of somebody else, for whom it is to see."""
        name = request.path_params["name"]
        if not who.sees_person(name):
            raise HTTPException(403)
        return self._person_shown(name, who, say)

    def _person_shown(self, name: str, who: Identity, say: Words) -> Shown:
        found = person.show(self.store, self.config.policies, name, who, say.now)
        if found is None:
            raise HTTPException(404, say("no_person", name=name))
        return "person", found

    def units(self, request: Request, who: Identity, say: Words) -> Shown:
        """All units, a line each."""
        shown = cases.show(self.store, self.config.policies, cases.asked({}), who, say.now)
        sums = {one.name: one for one in shown["units"]}
        known = unit_page.units(self.config, who)
        return "units", {"sums": [(unit, sums.get(unit), self.store.levels(unit)) for unit in known]}

    def unit(self, request: Request, who: Identity, say: Words) -> Shown:
        """One unit in real time."""
        unit = request.path_params["unit"]
        if unit not in unit_page.units(self.config, who):
            raise HTTPException(404, say("no_unit", unit=unit))
        wanted = request.query_params.get("window", "")
        windows = self.config.windows
        window = next(one for one in (wanted, "1d", *windows) if one in windows)
        return "unit", unit_page.show(self.store, self.config, unit, window)

    def audit(self, request: Request, who: Identity, say: Words) -> Shown:
        """Who asked for what."""
        if who.role != "leader":
            raise HTTPException(403)
        return "audit", {"audits": self.store.latest_audits(who.units, _AUDITS_SHOWN)}

    def names(self, unit: str) -> set[str]:
        """Who may own a case of the unit: its people, its supervisor and leader, and whoever owns one already."""
        people = self.config.policies.people.get(unit, {})
        return {*self.access.names(unit), *people.values(), *self.store.owners([unit])}


def _pending(audit: dict[str, Any], say: Words) -> dict[str, Any]:
    waited = say.now - audit["at"]
    values = {"actor": audit["actor"], "owner": audit["owner"] or "-", "at": Instant(audit["at"])}
    return {
        "kind": audit["kind"],
        "text": say(f"pending.{audit['kind']}", **values),
        "slow": say("pending.slow", length=say.length(waited)) if waited > _SLOW_MS else "",
    }
