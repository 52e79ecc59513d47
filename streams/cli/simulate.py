"""`rytmi simulate`: a made-up organisation's events as canonical JSON Lines, or into the topics."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from processors.canonical import instant, rfc3339
from streams import UserError
from streams.cli.instants import Instant

if TYPE_CHECKING:
    from processors.events import Event
    from streams.config import Config
    from streams.demo.organisation import Plan
    from streams.mapping.replay import Sink

_SOURCE = "rytmi/simulation"
_LOOK_SECONDS = 0.5
_WEEK_MS = 7 * 86_400_000


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another organisation.")
@click.option("--weeks", type=click.FloatRange(0, 104), default=4.0, show_default=True, help="Length of the history.")
@click.option("--until", type=Instant(), help="The history's end; default: now.")
@click.option("--scale", type=click.FloatRange(0, min_open=True), help="Times as many cases and people. Default: 1.")
@click.option("--cases-a-day", type=click.FloatRange(0, min_open=True), help="The same, said by its result.")
@click.option("--rhythm-change", type=Instant(), help="From then on decisions come, and take effect, faster.")
@click.option(
    "--rhythm-factor",
    type=click.FloatRange(0, min_open=True),
    default=0.5,
    show_default=True,
    help="In which share of the time they do.",
)
@click.option(
    "--fading",
    multiple=True,
    metavar="TOUCHPOINT[@RFC3339]",
    help="From then on fewer and fewer new cases there are ever answered. Default: a week after the beginning.",
)
@click.option("--live", is_flag=True, help="Go on after the history: each event when its time has come, until Ctrl-C.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Times real time. Default: all at once.")
@click.option("--out", type=click.Path(path_type=Path), help="A file; .gz packs. Default: standard output.")
@click.option("--send", is_flag=True, help="Into the topics instead; the history is announced as one.")
@click.option(
    "--backfill/--no-backfill",
    default=True,
    show_default=True,
    help="With --send: nobody is alarmed of the history until it is all there.",
)
@click.option(
    "--truths",
    type=click.Path(path_type=Path),
    help="A file for what the measures must say of its last four weeks; takes some seconds.",
)
def command(
    *,
    path: Path,
    seed: int,
    weeks: float,
    until: int | None,
    scale: float | None,
    cases_a_day: float | None,
    rhythm_change: int | None,
    rhythm_factor: float,
    fading: tuple[str, ...],
    live: bool,
    speed: float | None,
    out: Path | None,
    send: bool,
    backfill: bool,
    truths: Path | None,
) -> None:
    """Make up the events of the touchpoints of a configuration, in the order of time.

    Feedback comes by the hour and the weekday; people react, wait for customers, decide, answer and close in their
    working hours; obstacles come to stand in the way, and decisions on many cases clear them. Employees answer
    questions, functions report indicators. How a touchpoint behaves is in its mode. The same seed, configuration and
    midnight of the beginning give the same events, so a later end gives the same and more. docs/simulation.md has the
    laws, and what the measures must say of them.

    \b
    rytmi simulate --config examples/rytmi.yaml --seed 7 --until 2026-03-02T12:00:00+02:00 --out events.jsonl
    rytmi backtest --config examples/rytmi.yaml --events events.jsonl --out results
    rytmi simulate --config examples/modes/production.yaml --cases-a-day 5000 --send       # into the topics, at once
    rytmi simulate --config examples/rytmi.yaml --send --live                              # and on from there
    rytmi simulate --config examples/rytmi.yaml --send --speed 3600 --no-backfill          # an hour a second
    rytmi simulate --weeks 12 --fading support --rhythm-change 2026-02-01T00:00:00+02:00 --truths truths.jsonl
    """
    from streams.cli.sending import announced, collect_rarely, conclude, end_backfill, progress, sender
    from streams.config import load
    from streams.demo.organisation import Organisation, beginning
    from streams.demo.organisation import cases_a_day as usual_cases_a_day
    from streams.mapping.replay import Lines, paced, run

    _together(until=until, live=live, speed=speed, out=out, send=send, scale=scale, cases_a_day=cases_a_day)
    config = load(path)
    end = _now_ms() if until is None else until
    begin = beginning(end, weeks, config.timezone)
    if cases_a_day is not None:
        scale = cases_a_day / usual_cases_a_day(config)
    plan = _plan(config, scale or 1.0, (rhythm_change, rhythm_factor) if rhythm_change else None, fading, begin)
    organisation = Organisation(config, seed, begin, plan)
    collect_rarely()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is under way is delivered then, too
    with ExitStack() as stack:
        sink: Sink = sender(_SOURCE) if send else Lines(_stream(out, stack), str, time.sleep)
        began = time.monotonic()
        events: Iterable[Event] = organisation.until(end)
        if speed is not None:
            events = paced(events, speed, sink.wait, time.monotonic)
        name = f"simulate-{seed}-{begin}" if send and backfill else None
        report = run(events if name is None else announced(events, name), sink, progress(began))
        if name is not None:
            end_backfill(name, report)
        seconds = time.monotonic() - began
        if truths is not None:
            _write_truths(truths, config, plan, begin, end)
        conclude(report, sink, seconds, [f"from {rfc3339(begin)} to {rfc3339(end)}"])
        while live:
            for event in organisation.until(_now_ms()):
                sink.send(event)
            sink.close()
            sink.wait(_LOOK_SECONDS)


def _stream(out: Path | None, stack: ExitStack) -> IO[str]:
    from streams.cli.sending import written

    return stack.enter_context(written(out)) if out else click.get_text_stream("stdout", "utf-8")


def _together(**given: Any) -> None:
    """Refuse options that contradict each other."""
    for one, other, why in (
        ("live", "until", "--live goes on from now: leave --until out"),
        ("live", "speed", "--live goes at the time of day: leave --speed out"),
        ("send", "out", "--send is instead of --out: choose one"),
        ("scale", "cases_a_day", "--scale and --cases-a-day say the same: choose one"),
    ):
        if given[one] and given[other]:
            raise click.UsageError(why)


def _plan(
    config: Config, scale: float, rhythm_change: tuple[int, float] | None, fading: Sequence[str], begin: int
) -> Plan:
    """What is other than usual. Raises UserError for a touchpoint that nobody has declared."""
    from streams.demo.organisation import Plan

    declared = [one.id for one in config.file.touchpoints]
    found = []
    for given in fading:
        name, _, since = given.partition("@")
        if name not in declared:
            raise UserError(f"--fading: no touchpoint {name!r} is declared; there are {', '.join(declared)}")
        try:
            found.append((name, instant(since) if since else begin + _WEEK_MS))
        except ValueError as wrong:
            raise UserError(f"--fading {given}: {wrong}") from None
    return Plan(scale, rhythm_change, tuple(found))


def _write_truths(path: Path, config: Config, plan: Plan, begin: int, end: int) -> None:
    """What the measures must say of the last four weeks, or of the whole history where it is shorter."""
    from streams.cli.sending import written
    from streams.demo.organisation.truths import truths

    since = max(begin, end - 4 * _WEEK_MS)
    about = {"since": rfc3339(since), "at": rfc3339(end)}
    with written(path) as out:
        for row in truths(config, plan, begin, since, end):
            out.write(json.dumps({**row, **about}) + "\n")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
