"""Alerts on touchpoints that usually speak and do not.

*Usually* is the same hours one and two weeks ago. Where 10 were to be expected, none at all is not chance (5 in
100,000 if they come independently). A touchpoint without two weeks of history raises nothing.
"""

from __future__ import annotations

from dashboards.rules.model import TICKET, Alert, Group, Record
from dashboards.rules.terms import metric, seen

USUAL = 10
SPANS = {"3h": 10_800, "1d": 86_400}
"""Lengths of silence that are looked at, in seconds: an afternoon where much is said, a day where little is."""

_HOLDS = "15m"


def group() -> Group:
    """Feedback taken in, and silence."""
    return Group("silence", tuple(rule for span in SPANS for rule in _rules(span)))


def _rules(span: str) -> tuple[Record, Alert]:
    heard = f"touchpoint:rytmi_feedback:increase{span}"
    last = f"max by (touchpoint) ({metric('rytmi_last_feedback_timestamp_seconds')})"
    usual = f"{heard} offset 1w >= {USUAL}\nand {heard} offset 2w >= {USUAL}"
    # Feedback that was the first of its counter shows in the instant alone.
    unheard = f"unless {heard} > 0\nunless time() - {last} < {SPANS[span]}"
    alert = Alert(
        f"RytmiTouchpointSilent{span}",
        seen(f"{usual}\n{unheard}"),
        "15m",
        TICKET,
        "silent",
        f"Nothing from {{{{ $labels.touchpoint }}}} for {span}; a week ago {{{{ $value | humanize }}}} came.",
        "No feedback has come from it, although the same hours of the last two weeks each had "
        f"{USUAL} or more. More likely something on the way is broken than that nobody says anything.",
        _HOLDS,
    )
    return Record(heard, f"sum by (touchpoint) (increase({metric('rytmi_feedback_total')}[{span}]))"), alert
