"""What customers say, and what a touchpoint is meant to be beside what it is."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import CHOSEN, WINDOW, complete, measure, named, of_view

_ONE = ("touchpoint",)
_EACH = 'touchpoint!="all"'
_NOBODY = "nobody has said so in the window"

EMOTION = measure("rytmi_emotion_mean", _ONE, WINDOW, _EACH, quiet=_NOBODY)
"""Mean emotion by touchpoint, -1 to 1."""

NEGATIVE_SHARE = measure(
    "rytmi_emotion_negative_ratio",
    _ONE,
    WINDOW,
    CHOSEN,
    _EACH,
    quiet=_NOBODY,
    about="Share of feedback with an emotion below 0. Fewer who say anything make it look better: see how many do.",
)
SCORES = measure(
    "rytmi_score_mean",
    ("touchpoint", "scale"),
    WINDOW,
    CHOSEN,
    quiet=_NOBODY,
    about="Mean score, each on its own scale.",
)
NPS = measure(
    "rytmi_nps",
    _ONE,
    WINDOW,
    quiet="nobody was asked for NPS",
    about="Promoters less detractors, in percent. The bars begin at 0: look at the number.",
)
RECEIVED = named(
    complete(f"sum by (kind) ({of_view('rytmi_feedback_received', ('touchpoint', 'kind'), WINDOW, CHOSEN)})"),
    "kind",
    about="How much feedback came, by kind.",
)


def actual(what: str) -> Query:
    """What a touchpoint is, over 28 days: emotion, score or standing."""
    quiet = f"no touchpoint with an intended experience has a {what}"
    return measure("rytmi_actual", _ONE, f'what="{what}"', quiet=quiet)


def intended(what: str) -> Query:
    """What it is meant to be."""
    quiet = f"no touchpoint says what {what} is meant to be"
    return measure("rytmi_intended", _ONE, f'what="{what}"', quiet=quiet)


def short_of(what: str) -> Query:
    """By how much it falls short of it; above 0 is worse than meant, whatever is measured."""
    is_, meant = (of_view(name, _ONE, f'what="{what}"') for name in ("rytmi_actual", "rytmi_intended"))
    left, right = (is_, meant) if what == "standing" else (meant, is_)
    return named(complete(f"{left} - on (touchpoint) {right}"), *_ONE, quiet=intended(what).quiet)
