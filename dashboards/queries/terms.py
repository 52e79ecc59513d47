"""What queries ask in the same way: where there is anything to say at all, and how workers' figures become one.

Rule: blank rather than low. What workers have is summed only while every partition has an owner; what the view says is
shown only while it is complete. Both are asked of the workers themselves and not of recorded rules, which are up to
fifteen seconds old: for so long a wall would show the sum of those who are left.
"""

from __future__ import annotations

from dashboards.model import Query
from dashboards.rules.terms import metric, seen

NOT_YET = -1
"""In place of a length: something has begun, and too little of it has ended."""

CHOSEN, CHOSEN_UNITS, WINDOW = 'touchpoint=~"$touchpoint"', 'unit=~"$unit"', 'window="$window"'
"""What is chosen at the top of a screen."""

_OWNED = metric("rytmi_partitions_owned", 'stage="cases"')
_WHOLE = f"sum({_OWNED}) == max({metric('rytmi_partitions')})"
_COMPLETE = f"max({metric('rytmi_view_complete')}) == 1"


def whole(expr: str) -> str:
    """The expression while every partition of cases has one owner."""
    return f"({expr})\nand on () ({_WHOLE})"


def seen_whole(expr: str) -> str:
    """The same where its touchpoint is read up to now: for what is claimed of silence."""
    return whole(seen(expr))


def everywhere(expr: str) -> str:
    """The expression while every touchpoint is read up to now: for totals over touchpoints."""
    return whole(f"({expr})\nand on () (rytmi:complete:bool == 1)")


def of_view(name: str, by: tuple[str, ...], *matchers: str) -> str:
    """What the view says. During a takeover two workers may say it for a moment: the larger is taken, not both."""
    return f"max by ({', '.join(by)}) ({metric(name, *matchers)})"


def complete(expr: str) -> str:
    """What is made of that, while the view is complete. Around the whole: asked once, a query costs a third."""
    return f"(\n{expr}\n)\nand on () ({_COMPLETE} and on () ({_WHOLE}))"


def or_not_yet(reached: str, by: tuple[str, ...], begun: str) -> str:
    """A percentile, and NOT_YET where it is not reached though something has begun: for figures, else blank there."""
    return f"{reached}\nor on ({', '.join(by)}) (0 * ({begun} > 0) - {-NOT_YET})"


def over_workers(name: str, by: tuple[str, ...], *matchers: str) -> str:
    """What each worker has of its own, summed."""
    grouping = f" by ({', '.join(by)})" if by else ""
    return f"sum{grouping} ({metric(name, *matchers)})"


def age(instant: str) -> str:
    """Seconds since an instant."""
    return f"time() - ({instant})"


def named(expr: str, *labels: str, quiet: str = "", about: str = "") -> Query:
    """The query of an expression whose results are called by their labels."""
    return Query(expr, labels, " ".join(f"{{{{{label}}}}}" for label in labels), quiet, about)


def measure(name: str, by: tuple[str, ...], *matchers: str, quiet: str = "", about: str = "") -> Query:
    """A measure as the view says it, while it is complete."""
    return named(complete(of_view(name, by, *matchers)), *by, quiet=quiet, about=about)
