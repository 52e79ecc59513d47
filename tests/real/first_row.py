"""The columns of the log, and an incident's first row: what is missing is missing about as often as in the real log."""

from __future__ import annotations

from random import Random

from tests.real.incident import MISSING, PRIORITIES, Row, written

COLUMNS = [
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla",
    "caller_id", "opened_by", "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at",
    "contact_type", "location", "category", "subcategory", "u_symptom", "cmdb_ci", "impact", "urgency", "priority",
    "assignment_group", "assigned_to", "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor",
    "caused_by", "closed_code", "resolved_by", "resolved_at", "closed_at",
]  # fmt: skip
_LOW_EVERY, _HIGH_EVERY, _CRITICAL_EVERY = 32, 60, 90
_CATEGORIES = (42, 26, 53, 46, 32, 9, 37, 23, 20, 57, 61, 40, 24, 45, 51, 28, 35, 34, 44, 19)
"""Those that `examples/servicenow-rytmi.yaml` knows; there are 61."""


def first_row(dice: Random, place: int, opened: int) -> Row:
    """place: of the incident in the log, from 0. opened: in minutes, as everywhere here."""

    def some(share: float, name: str, most: int) -> str:
        return f"{name} {dice.randint(1, most)}" if dice.random() < share else MISSING

    priority = "3 - Moderate"
    for every, rarer in ((_LOW_EVERY, "4 - Low"), (_HIGH_EVERY, "2 - High"), (_CRITICAL_EVERY, "1 - Critical")):
        priority = rarer if dice.randrange(every) == 0 else priority
    impact, urgency = PRIORITIES[priority]
    category = dice.choice(_CATEGORIES) if dice.random() < 0.95 else dice.randint(1, 61)
    created = some(0.63, "Created by", 186)
    return {
        "number": f"INC{45 + 2 * place:07}",
        "incident_state": "New",
        "active": "true",
        "reassignment_count": "0",
        "reopen_count": "0",
        "sys_mod_count": "0",
        "made_sla": "true",
        "caller_id": some(0.998, "Caller", 5_245),
        "opened_by": some(0.96, "Opened by ", 207),
        "opened_at": written(opened),
        "sys_created_by": created,
        "sys_created_at": MISSING if created == MISSING else written(opened + dice.randrange(15)),
        "contact_type": dice.choices(["Phone", "Self service", "Email", "IVR"], [985, 9, 4, 2])[0],
        "location": some(0.99, "Location", 225),
        "category": f"Category {category}" if dice.random() < 0.99 else MISSING,
        "subcategory": some(0.99, "Subcategory", 255),
        "u_symptom": some(0.77, "Symptom", 526),
        "cmdb_ci": some(0.003, "cmdb_ci", 50),
        "impact": impact,
        "urgency": urgency,
        "priority": priority,
        "assignment_group": some(0.9, "Group", 79),
        "assigned_to": some(0.75, "Resolver", 60),
        "knowledge": dice.choice(["true", "false"]),
        "u_priority_confirmation": "false",
        "notify": "Do Not Notify" if dice.random() < 0.99 else "Send Email",
        "problem_id": some(0.02, "Problem ID ", 252),
        "rfc": some(0.01, "CHG000", 9_999),
        "vendor": some(0.002, "Vendor", 3),
        "caused_by": some(0.001, "CHG000", 9_999),
    }
