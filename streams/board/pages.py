"""What each page shows, to whom."""

# ruff: noqa: ARG002 - every page is given the same

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from schemas.codec import Codec
from streams.board import case_page, cases, person, unit_page
from streams.board.access import Access
from streams.board.commands import Commands
from streams.board.identity import Identity
from streams.board.store import Store
from streams.board.words import Words
from streams.config import Config

Shown = tuple[str, dict[str, Any]]
"""Name of a template, and what it is given."""

_AUDITS_SHOWN = 200


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
        """What the page of a case is given."""
        held = self.store.case(case)
        if held is None or not who.sees(held.unit):
            raise HTTPException(404, say("no_case", case=case))
        names = self.names(held.unit)
        return case_page.show(self.store, self.codec, self.config, held, self.commands, names, who, say)

    def me(self, request: Request, who: Identity, say: Words) -> Shown:
        """What my customers experience."""
        return "person", self._person_shown(who.name, who, say)

    def person(self, request: Request, who: Identity, say: Words) -> Shown:
        """The same of somebody else, for whom it is to see."""
        name = request.path_params["name"]
        if not who.sees_person(name):
            raise HTTPException(403)
        return "person", self._person_shown(name, who, say)

    def _person_shown(self, name: str, who: Identity, say: Words) -> dict[str, Any]:
        found = person.show(self.store, self.config.policies, name, who, say.now)
        if found is None:
            raise HTTPException(404, say("no_person", name=name))
        return found

    def units(self, request: Request, who: Identity, say: Words) -> Shown:
        """All units, a line each."""
        filtered = cases.asked({})
        shown = cases.show(self.store, self.config.policies, filtered, who, say.now)
        sums = {one.name: one for one in shown["units"]}
        known = unit_page.units(self.config, who)
        return "units", {"sums": [(unit, sums.get(unit), self.store.levels(unit)) for unit in known]}

    def unit(self, request: Request, who: Identity, say: Words) -> Shown:
        """One unit in real time."""
        unit = request.path_params["unit"]
        if unit not in unit_page.units(self.config, who):
            raise HTTPException(404, say("no_unit", unit=unit))
        wanted = request.query_params.get("window", "")
        window = wanted if wanted in self.config.windows else _usual(list(self.config.windows))
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


def _usual(windows: list[str]) -> str:
    return "1d" if "1d" in windows else windows[0]
