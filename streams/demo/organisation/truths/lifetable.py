"""Percentiles by life table, exactly and without bins: what those of the measures come near to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def percentile(lengths: Iterable[tuple[float, bool]], share: float) -> float | None:
    """Of (length, whether it ended there), the length by which that share has ended; None if it never has.

    Those that did not end are out of sight from their length on (Kaplan and Meier, 1958); ends come before them.
    """
    ordered = sorted((length, not ended) for length, ended in lengths)
    survival = 1.0
    for rank, (length, unended) in enumerate(ordered):
        survival *= 1 if unended else 1 - 1 / (len(ordered) - rank)
        if survival <= 1 - share + 1e-12:
            return length
    return None


def median(values: Sequence[float]) -> float | None:
    """The lower one of the two in the middle; None where there is none."""
    return sorted(values)[(len(values) - 1) // 2] if values else None
