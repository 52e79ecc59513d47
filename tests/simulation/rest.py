"""The end of a schedule: nothing goes wrong any more, all that was sent is read, and all is said."""

from __future__ import annotations

from bisect import bisect_right

from processors.backtest import Backtest
from tests.simulation.setting import MINUTE, SECOND
from tests.simulation.traffic import Traffic
from tests.simulation.world import World

_ROUND_MS = 6 * SECOND
_ROUNDS = 6  # what is behind is looked at every 10 seconds, and measures follow everything else
_MARGIN_MS = MINUTE  # of which nobody can know everything yet


def rest(world: World, traffic: Traffic) -> None:
    """Bring everything to rest, at an instant of which all may be claimed."""
    world.faults.odds, world.alertmanager.is_away = 0, False
    traffic.flush()
    for member in world.members:
        if member.is_alive and member.is_frozen:
            world.thaw(member)
    while world.faults.late:
        world.faults.arrive()
    _settle(world, traffic)
    world.clock.ms = _quiet(_instants(world, traffic), world.clock.ms)
    _settle(world, traffic)


def _instants(world: World, traffic: Traffic) -> list[int]:
    """When people are told of anything, if nothing happens any more; sorted."""
    truth, end = Backtest(world.config.policies), world.clock.ms + 60 * MINUTE
    for event in traffic.events:
        truth.add(event)
    list(truth.finish())
    cases = truth.cases()
    return sorted(alarm["at"] for name, entries, judged in cases for alarm in truth.alarms(name, entries, judged, end))


def _quiet(instants: list[int], now: int) -> int:
    """The first instant from now on, while the world settles behind which nothing is due shortly before or after."""
    while True:
        after = bisect_right(instants, now - _MARGIN_MS)
        if after == len(instants) or instants[after] > now + _ROUNDS * _ROUND_MS + _MARGIN_MS:
            return now
        now = instants[after] + _MARGIN_MS


def _settle(world: World, traffic: Traffic) -> None:
    """Have everybody do all there is to do, again and again for some seconds."""
    if world.config.file.sources:
        traffic.heartbeat()
    for _ in range(_ROUNDS):
        world.clock.ms += _ROUND_MS
        for member in [one for one in world.running if not one.is_member]:
            world.rejoin(member)
        if not world.running:
            world.start()
        is_moving = True
        while is_moving:
            is_moving = world.rebalance()
            for member in world.running:
                world.turn(member)
        for member in world.running:
            world.commit(member)
            member.sink.step()
        while world.aside:
            world.run_aside()
        world.move_view()
        world.read_view(None)
    world.look()
