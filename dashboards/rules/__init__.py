"""Prometheus rules as code: what is recorded, and who is woken by what.

Rule: whoever is told something is told what is known. A rule about cases speaks only while its touchpoint is complete
(`sight`), and while it is not, exactly one rule of `sight` says so instead. `python -m dashboards.rules` writes
deploy/prometheus/rules; a test holds the written files to this package.
"""

from __future__ import annotations

from dashboards.rules import missed, overdue, pipeline, rhythm, sight, silence
from dashboards.rules.model import Group

RUNBOOKS = "docs/runbooks"
"""Where the runbooks are, unless an installation publishes them elsewhere: a path in the project."""


def groups(recent_seconds: int = sight.RECENT_SECONDS) -> tuple[Group, ...]:
    """All groups. recent_seconds: how old what was read past may be, before nothing is claimed any more."""
    return (
        sight.group(recent_seconds),
        overdue.group(),
        missed.group(),
        silence.group(),
        pipeline.group(),
        rhythm.group(),
    )
