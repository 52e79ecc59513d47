"""What customers say, and what a touchpoint is meant to be beside what it is."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import complete, measured, of_view

_CHOSEN = 'touchpoint=~"$touchpoint"'
_WINDOW = 'window="$window"'
_ONE = ("touchpoint",)
_NOBODY = "nobody has said so in the window"


def emotion() -> Query:
    """Mean emotion by touchpoint, -1 to 1."""
    expr = measured("rytmi_emotion_mean", _ONE, _WINDOW, 'touchpoint!="all"')
    return Query(expr, _ONE, "{{touchpoint}}", _NOBODY)


def negative_share() -> Query:
    """Share of feedback with an emotion below 0 at the touchpoints chosen."""
    expr = measured("rytmi_emotion_negative_ratio", _ONE, _WINDOW, _CHOSEN, 'touchpoint!="all"')
    return Query(expr, _ONE, "{{touchpoint}}", _NOBODY)


def scores() -> Query:
    """Mean score on its own scale, at the touchpoints chosen."""
    by = ("touchpoint", "scale")
    return Query(measured("rytmi_score_mean", by, _WINDOW, _CHOSEN), by, "{{touchpoint}} {{scale}}", _NOBODY)


def nps() -> Query:
    """Promoters less detractors, in percent."""
    return Query(measured("rytmi_nps", _ONE, _WINDOW), _ONE, "{{touchpoint}}", quiet="nobody was asked for NPS")


def received() -> Query:
    """Feedback in the window at the touchpoints chosen, by kind."""
    every = of_view("rytmi_feedback_received", ("touchpoint", "kind"), _WINDOW, _CHOSEN)
    return Query(complete(f"sum by (kind) ({every})"), ("kind",), "{{kind}}")


def actual(what: str) -> Query:
    """What a touchpoint is, over 28 days: emotion, score or standing."""
    expr = measured("rytmi_actual", _ONE, f'what="{what}"')
    return Query(expr, _ONE, "{{touchpoint}}", quiet=f"no touchpoint with an intended experience has a {what}")


def intended(what: str) -> Query:
    """What it is meant to be."""
    expr = measured("rytmi_intended", _ONE, f'what="{what}"')
    return Query(expr, _ONE, "{{touchpoint}}", quiet=f"no touchpoint says what {what} is meant to be")


def short_of(what: str) -> Query:
    """By how much it falls short of it; above 0 is worse than meant, whatever is measured."""
    is_, meant = (of_view(name, _ONE, f'what="{what}"') for name in ("rytmi_actual", "rytmi_intended"))
    left, right = (is_, meant) if what == "standing" else (meant, is_)
    return Query(complete(f"{left} - on (touchpoint) {right}"), _ONE, "{{touchpoint}}", intended(what).quiet)
