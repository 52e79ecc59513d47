"""Colours: one meaning each, told apart by colour-blind eyes, and never the only thing that says it.

They are of the palette of Okabe and Ito (2008), made for that; a test simulates the three kinds of colour blindness.
Green is not among them: beside vermillion it is what most colour-blind people cannot tell.
"""

from __future__ import annotations

GOOD = "#56B4E9"
"""Sky blue: as it should be."""

WATCH = "#F0E442"
"""Yellow: not yet bad, look at it."""

BAD = "#D55E00"
"""Vermillion: bad now, somebody should act."""

UNKNOWN = "#CC79A7"
"""Reddish purple: nobody can know."""

PLAIN = "#FFFFFF"
"""White: a figure that is neither good nor bad."""

MEANT = "#BCBFC5"
"""Grey: what is intended, or what is there to be compared with."""

MEANINGS = {"good": GOOD, "watch": WATCH, "bad": BAD, "unknown": UNKNOWN, "plain": PLAIN, "meant": MEANT}
BACKGROUND = "#181B1F"
"""Of a panel in Grafana's dark theme, in which walls are shown."""
