"""One made-up incident: what happens to it, the rows that say so, and what is known of it because it was planned so.

Instants are whole minutes since Monday 2016-02-29 00:00, in the one fixed zone of the log. Nothing of Rytmi is imported
here: a truth is noted where the plan is carried out, never read back from rows.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from tests.real.facts import TARGET_MINUTES

START = datetime(2016, 2, 29)  # noqa: DTZ001 - the log's wall clock has no zone
DAY = 24 * 60
WORK_DAYS, WEEK_DAYS = 5, 7
MISSING = "?"
DESK_IS_LENIENT, DESK_IS_STRICT = 0.017, 0.004
"""How often the desk calls in time what the policy calls missed, and the other way round."""
CAUSES = {
    "Awaiting User Info": "user-info",
    "Awaiting Vendor": "vendor",
    "Awaiting Problem": "problem",
    "Awaiting Evidence": "evidence",
}
PRIORITIES = {"1 - Critical": ("1 - High", "1 - High"), "2 - High": ("2 - Medium", "1 - High"),
              "3 - Moderate": ("2 - Medium", "2 - Medium"), "4 - Low": ("3 - Low", "3 - Low")}  # fmt: skip
"""Impact and urgency of each."""

Row = dict[str, str]


def written(minute: int) -> str:
    """As the log writes an instant: day and month without zeros in front, hours and minutes with them."""
    at = START + timedelta(minutes=minute)
    return f"{at.day}/{at.month}/{at.year} {at.hour:02}:{at.minute:02}"


def worked_minutes(begin: int, end: int) -> int:
    """Minutes of Mondays to Fridays between two instants, day by day."""
    days = (day for day in range(begin // DAY, end // DAY + 1) if day % WEEK_DAYS < WORK_DAYS)
    return sum(min(end, (day + 1) * DAY) - max(begin, day * DAY) for day in days)


class Incident:
    """An incident while it is carried out. Each method that happens at an instant appends one row."""

    def __init__(self, dice: Random, first: Row, opened: int) -> None:
        self._dice, self._now, self.opened = dice, first, opened
        self._since: tuple[str, int] | None = None
        self.rows: list[Row] = []
        self.at: list[int] = []
        self.kinds = Counter[str](["feedback"])
        self.waits: list[tuple[str, int]] = []
        self.reacted: int | None = None
        self.policy_missed: bool | None = None
        self.desk_missed: bool | None = None
        self.reopened_closed = False

    @property
    def priority(self) -> str:
        return self._now["priority"]

    @property
    def reassignments(self) -> int:
        return int(self._now["reassignment_count"])

    def row(self, at: int, **changes: str) -> None:
        """Somebody saves it, with these changes or none."""
        # A save that is not in the log leaves a gap in their numbers.
        saves = int(self._now["sys_mod_count"]) + (1 + (self._dice.random() < 0.1) if self.rows else 0)
        changes |= {"sys_mod_count": str(saves), "sys_updated_by": f"Updated by {self._dice.randint(1, 900)}"}
        self._now = self._now | changes | {"sys_updated_at": written(at)}
        self.rows.append(self._now)
        self.at.append(at)
        if len(self.rows) == 1 and self._now["assigned_to"] != MISSING:
            self.kinds["action assigned"] += 1

    def state(self, at: int, state: str, **changes: str) -> None:
        """It goes into another state than it is in, New aside."""
        if self.reacted is None:
            self.reacted = at - self.opened
            self.kinds["action acknowledged"] += 1
        if self._since is not None:
            self.waits.append((CAUSES[self._since[0]], at - self._since[1]))
            self.kinds["obstacle removed"] += 1
        if self._since is not None and state not in CAUSES:
            self.kinds["action resumed"] += 1
        if self._since is None and state in CAUSES:
            self.kinds["action paused"] += 1
        if state in CAUSES:
            self.kinds["obstacle raised"] += 1
        self._since = (state, at) if state in CAUSES else None
        self.row(at, incident_state=state, **changes)

    def assign(self, at: int) -> None:
        """Somebody else has it now; mostly in another group."""
        others = [f"Resolver {n}" for n in range(1, 60) if f"Resolver {n}" != self._now["assigned_to"]]
        changes = {"assigned_to": self._dice.choice(others)}
        if self._dice.random() < 0.7:
            changes["assignment_group"] = f"Group {self._dice.randint(1, 79)}"
            changes["reassignment_count"] = str(int(self._now["reassignment_count"]) + 1)
        self.kinds["action assigned"] += 1
        self.row(at, **changes)

    def reclassify(self, at: int) -> None:
        """Another priority, another category, or both at once."""
        changes: Row = {}
        if self._dice.random() < 0.4:
            priority = self._dice.choice([one for one in PRIORITIES if one != self.priority])
            impact, urgency = PRIORITIES[priority]
            changes = {"priority": priority, "impact": impact, "urgency": urgency}
        if not changes or self._dice.random() < 0.2:
            categories = [f"Category {n}" for n in range(1, 62) if f"Category {n}" != self._now["category"]]
            changes["category"] = self._dice.choice(categories)
        self.kinds["action reclassified"] += 1
        self.row(at, **changes)

    def resolve(self, at: int) -> None:
        self.kinds["decision made"] = 1  # only the first time is one
        self.state(at, "Resolved")

    def reopen(self, at: int) -> None:
        self.kinds["action reopened"] += 1
        self.reopened_closed |= self.desk_missed is not None
        self.state(at, "Active", active="true", reopen_count=str(int(self._now["reopen_count"]) + 1))

    def close(self, at: int) -> None:
        """Only the first time is judged."""
        self.kinds["action closed"] += 1
        changes = {"active": "false"}
        if self.desk_missed is None:
            self.policy_missed = worked_minutes(self.opened, at) > TARGET_MINUTES[self.priority]
            differs = self._dice.random() < (DESK_IS_LENIENT if self.policy_missed else DESK_IS_STRICT)
            self.desk_missed = self.policy_missed != differs
            self.kinds["decision effective"] += 1
            changes["made_sla"] = "false" if self.desk_missed else "true"
        self.state(at, "Closed", **changes)

    def foresee(self, **final: str) -> None:
        """Write final values into all rows, as the log has them: from the first row on they tell the future."""
        for row in self.rows:
            row.update(final)
