"""What metrics and those who ask for them must call alike: the one module of the shell that dashboards may import."""

from __future__ import annotations

from processors.panes import HOUR_MS

WITHIN = {"1h": HOUR_MS, "4h": 4 * HOUR_MS}
"""Label `within` of cases that are due soon, and how long that is (milliseconds)."""
