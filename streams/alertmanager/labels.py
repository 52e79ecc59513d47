"""The labels of an alarm: what Alertmanager routes, groups and inhibits by, and what tells one alarm from another.

They are the identity of an alert: were one to change during an alarm's life, Alertmanager would keep the old alert and
show a second one. So they are made once, from the record that raised the alarm, and the book keeps them. Neither free
text nor customers are ever among them; an attribute that is missing is left out, which is what an empty label means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BLIND = "RytmiBlind"
DEADLETTER = "RytmiDeadLetter"
_CLOCK_ALARMS = {"warning": "RytmiWarning", "breach": "RytmiBreach", "escalation": "RytmiEscalation"}
_STEPPED = ("warning", "escalation")
_ROLES = ("owner", "supervisor", "leader")


def alertname(record: Mapping[str, Any]) -> str:
    """RytmiWarning, RytmiBreach, RytmiEscalation, RytmiDeadLetter or RytmiBlind."""
    if record["about"] == "deadletter":
        return DEADLETTER
    return BLIND if record["about"] == "blind" else _CLOCK_ALARMS[record["level"]]


def labels(record: Mapping[str, Any]) -> dict[str, str]:
    """Label to value of an alarm record (fields of schemas/alarm.v1.avsc).

    `cycle` tells a reopened case's alarms from those of its earlier cycle. What is not about a clock need not be
    about a case either; its `id` tells it from its like.
    """
    level, role = record["level"], record.get("to")
    found: dict[str, object] = {
        "alertname": alertname(record),
        "service": "rytmi",
        "level": level,
        "step": record.get("step") if level in _STEPPED else None,
        "to": role,
        "id": None if record["about"] == "clock" else record["id"],
    }
    found |= {name: record.get(name) for name in ("case", "cycle", "touchpoint", "severity", "clock", "unit")}
    if role in _ROLES:
        found[role] = record.get("recipient")  # not the owner of now, who may be another one by tomorrow
    return {name: str(value) for name, value in found.items() if value not in (None, "")}
