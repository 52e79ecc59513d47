"""Sources as a reader of the log sees them, the log compacted or not, read from anywhere in a takeover: the view holds
what a source said when it last was complete, all of it and nothing else; or nothing of it, and says that it is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.measures.rows import kept
from processors.measures.sources import Mark, Sources
from processors.measures.terms import Cell
from processors.measures.view import View
from streams.shard.serde import decode as unpack
from streams.shard.serde import encode as pack
from tests.measures.contents import FRAME, NOW

SOURCES = ("cases/0", "cases/1")
PLACES = [Cell("voice", place, "", NOW // 3_600_000) for place in "abcd"]
Contents = dict[Cell, bytes]


class Record(NamedTuple):
    """One record of the log. where None: the mark of a source; content None: a tombstone."""

    source: str
    where: Cell | None
    epoch: int
    content: bytes | None
    mark: Mark | None = None


def _mark(epoch: int, is_complete: bool, until: int = NOW) -> Mark:
    return Mark(epoch, is_complete, until, until, until)


class Whole(NamedTuple):
    """What a source has, as of one of its complete marks."""

    cells: Contents
    mark: Mark


def transactions(source: str, dice: Random) -> list[list[Record]]:
    """What the owners of a source say, one after the other: each rebuilds it, sweeps what is gone, and goes on."""
    found: list[list[Record]] = []
    state: Contents = {}
    said: set[Cell] = set()  # what stands in the topic
    clock = NOW
    for epoch in range(1, dice.choice([1, 2, 3, 4]) + 1):
        waiting: dict[Cell, bytes | None] = {**dict.fromkeys(said - state.keys()), **state}
        steps = dice.choice([0, 1, 2, 5])
        while waiting or steps:
            if steps and (not waiting or dice.random() < 0.5):
                steps -= 1
                for where in dice.sample(PLACES, dice.choice([0, 1, 2])):  # it moves, say
                    new = (
                        None
                        if dice.random() < 0.4
                        else pack([((0, "said", dice.choice("xyz"), None, None, None), dice.randrange(1, 9))])
                    )
                    waiting[where] = new
                    state = {**{w: c for w, c in state.items() if w != where}, **({where: new} if new else {})}
            order = dice.sample(list(waiting), dice.randrange(len(waiting) + 1))
            sent = [Record(source, where, epoch, waiting.pop(where)) for where in order]
            said = (said | {r.where for r in sent if r.where and r.content}) - {r.where for r in sent if not r.content}
            clock += dice.randrange(1, 1000)
            mark = Mark(epoch, not waiting, clock - dice.choice([0, 500]), clock, clock)
            found.append([*sent, Record(source, None, epoch, None, mark)])
            if dice.random() < 0.15:
                break  # its owner dies, or the process is taken over
    return found


def log_of(dice: Random) -> list[Record]:
    """The records of all sources, mixed as producers mix them: each source's own in their order."""
    queues = [[record for one in transactions(source, dice) for record in one] for source in SOURCES]
    log: list[Record] = []
    while left := [queue for queue in queues if queue]:
        log.append(dice.choice(left).pop(0))
    return log


def compacted(log: Sequence[Record], with_tombstones: bool) -> list[Record]:
    """Of a log, the last record of each key. Tombstones go, too, in the end: a day later, so long after their mark."""
    last = {(record.source, record.where): i for i, record in enumerate(log)}
    marked = {source: last.get((source, None), -1) for source in SOURCES}
    kept_ = [i for i in last.values() if with_tombstones or i >= marked[log[i].source] or log[i].content is not None]
    return [log[i] for i in sorted(kept_)]


def wholes(log: Sequence[Record]) -> dict[tuple[str, Mark], Whole]:
    """By source and complete mark: what its source had said by then under the same epoch, counted anew for each."""
    found: dict[tuple[str, Mark], Whole] = {}
    for i, record in enumerate(log):
        if record.mark is not None and record.mark.is_complete:
            before = [r for r in log[:i] if r.source == record.source and r.epoch == record.epoch and r.where]
            cells = {r.where: r.content for r in before if r.where is not None}
            found[record.source, record.mark] = Whole({w: c for w, c in cells.items() if c is not None}, record.mark)
    return found


def read(log: Sequence[Record], expected: dict[tuple[str, Mark], Whole], end: int) -> int:
    """Read a log, of which `end` records are there at first. From then on, hold what the view has against what it may
    have, after every record; how often it had all.
    """
    view = View(kept(FRAME), NOW, unpack)
    sources = Sources(SOURCES, view)
    latest: dict[str, Whole] = {}
    heard: dict[str, int] = {}
    doubtful: set[str] = set()
    complete = 0
    for i, record in enumerate([*log, Record("another", None, 9, None, _mark(9, True))]):
        if i == end:
            sources.read_to_the_end()
            doubtful = {source for source in SOURCES if _has_said_more(log[:end], source)}
        if i >= end:
            missing = [source for source in SOURCES if source not in latest or source in doubtful]
            assert sources.missing(0) == missing
            found = {source: cells for source, cells in of_view(view).items() if source not in missing}
            assert found == {s: whole.cells for s, whole in latest.items() if whole.cells and s not in missing}
            complete += not missing
            assert sources.known_until() == _known(latest)
            quiet_since = min(heard.values(), default=0) + 1
            assert set(sources.missing(quiet_since)) == {
                *missing,
                *(s for s in SOURCES if heard.get(s, 0) < quiet_since),
            }
        if record.mark is not None:
            sources.mark(record.source, record.mark)
            heard[record.source] = record.mark.heard
            if record.source in SOURCES and record.mark.is_complete:
                latest[record.source] = expected[record.source, record.mark]
                doubtful.discard(record.source)
        elif record.content is None:
            assert record.where is not None
            sources.gone(record.source, record.where)
        else:
            assert record.where is not None
            sources.cell(record.source, record.epoch, record.where, record.content)
    return complete


def _has_said_more(log: Sequence[Record], source: str) -> bool:
    """Whether there is anything of a source after its last complete mark but marks of the same epoch."""
    own = [r for r in log if r.source == source]
    complete = [i for i, r in enumerate(own) if r.mark is not None and r.mark.is_complete]
    return bool(complete) and any(r.mark is None or r.epoch > own[complete[-1]].epoch for r in own[complete[-1] :])


def _known(latest: dict[str, Whole]) -> int:
    marks = [whole.mark for whole in latest.values()]
    return min(*(m.until for m in marks), max(m.at for m in marks)) if len(marks) == len(SOURCES) else 0


def of_view(view: View) -> dict[str, Contents]:
    found: dict[str, Contents] = {}
    for where, by_source in view.cells():
        for source, content in by_source.items():
            found.setdefault(source, {})[where] = content
    return found


@settings(deadline=None, max_examples=500)
@given(st.integers(0, 1 << 60))
def test_a_view_holds_what_each_source_last_said_as_a_whole(seed: int) -> None:
    log = log_of(Random(seed))
    read(log, wholes(log), 0)


@settings(deadline=None, max_examples=500)
@given(st.integers(0, 1 << 60), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_so_does_one_that_begins_anew_on_the_compacted_log(
    seed: int, share: float, further: float, with_tombstones: bool
) -> None:
    log = log_of(Random(seed))
    beginning = round(share * len(log))
    head = compacted(log[:beginning], with_tombstones)
    read(head + log[beginning:], wholes(log), len(head) + round(further * (len(log) - beginning)))


def test_the_logs_are_worth_reading() -> None:
    logs = [log_of(Random(seed)) for seed in range(200)]
    ends = [len(log) // 2 for log in logs]
    complete = [read(log, wholes(log), end) for log, end in zip(logs, ends, strict=True)]
    assert sum(complete) > 500
    assert sum(len(log) - end + 1 for log, end in zip(logs, ends, strict=True)) - sum(complete) > 500


CELL, OTHER_CELL = PLACES[:2]
SAID, MORE = (pack([((0, "said", "x", None, None, None), n)]) for n in (1, 2))


def _sources() -> tuple[Sources, View]:
    view = View(kept(FRAME), NOW, unpack)
    return Sources(["s"], view), view


def test_a_sweep_takes_nothing_away_before_the_new_owner_is_complete() -> None:
    sources, view = _sources()
    sources.cell("s", 1, CELL, SAID)
    sources.mark("s", _mark(1, True))
    sources.gone("s", CELL)  # the first thing that the next owner says
    sources.mark("s", _mark(2, False, NOW + 9))
    assert of_view(view) == {"s": {CELL: SAID}}
    assert sources.known_until() == NOW, "what stands there is from before"
    sources.mark("s", _mark(2, True, NOW + 9))
    assert (of_view(view), sources.known_until()) == ({}, NOW + 9)


def test_what_moves_is_never_seen_on_its_way() -> None:
    sources, view = _sources()
    sources.cell("s", 1, CELL, SAID)
    sources.mark("s", _mark(1, True))
    sources.gone("s", CELL)
    sources.cell("s", 1, OTHER_CELL, SAID)
    assert of_view(view) == {"s": {CELL: SAID}}
    sources.mark("s", _mark(1, False))
    assert of_view(view) == {"s": {CELL: SAID}}
    sources.mark("s", _mark(1, True))
    assert of_view(view) == {"s": {OTHER_CELL: SAID}}


def test_an_owner_that_died_before_it_was_complete_has_said_nothing() -> None:
    sources, view = _sources()
    sources.cell("s", 1, CELL, SAID)
    sources.mark("s", _mark(1, False))
    sources.cell("s", 2, OTHER_CELL, MORE)
    sources.mark("s", _mark(2, True))
    assert of_view(view) == {"s": {OTHER_CELL: MORE}}


def test_a_source_that_says_nothing_for_long_is_missing() -> None:
    sources, _ = _sources()
    assert sources.missing(0) == ["s"]
    sources.mark("s", _mark(1, True))
    assert (sources.missing(NOW), sources.missing(NOW + 1)) == ([], ["s"])
    sources.mark("s", _mark(1, False, NOW + 1))
    assert sources.missing(NOW + 1) == [], "it lives, and has more to say than fits at once"


def test_a_source_without_cells_is_complete() -> None:
    sources, view = _sources()
    sources.mark("s", _mark(7, True))
    assert (sources.missing(0), view.size) == ([], 0)
