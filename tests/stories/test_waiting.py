"""The story of those who wait: figures of completed cases look better the longer the queue."""

from __future__ import annotations

from pathlib import Path

from tests.stories.waiting import FADES, drawn, weeks

PLOT = Path(__file__).resolve().parents[2] / "docs" / "waiting.svg"


def test_a_desk_that_stops_answering_looks_faster_by_what_is_completed_and_slower_by_what_waits(
    tmp_path: Path, rewrite_golden: bool
) -> None:
    found = weeks(tmp_path)
    fading = [one for one in found if one.at >= FADES]
    for one in fading:
        print(f"{one.received} received, {one.running} wait, completed {one.completed}, counted {one.counted}")
    first, last = fading[0], fading[-1]
    assert first.completed is not None
    assert first.counted is not None
    assert last.completed is not None
    assert last.completed < 0.8 * first.completed
    assert last.counted is None
    reached = [one.counted for one in fading if one.counted is not None]
    assert reached == sorted(reached)
    assert reached[-1] > 2 * first.counted
    plot = drawn(found)
    if rewrite_golden:
        PLOT.write_text(plot, encoding="utf-8")
    assert PLOT.read_text(encoding="utf-8") == plot
