"""The course of a demo: load the history, wait until the workers have taken it in, then go on at the time of day."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Self

from streams.demo.figures import Figures
from streams.demo.organisation import Organisation
from streams.demo.outside import Outside
from streams.demo.state import BLIND_SECONDS, Story
from streams.demo.wall import Wall
from streams.demo.words import Length, Said, Status

_READ_EVERY_SECONDS = 1.0
_LOOK_EVERY = 500  # events between two looks at the clock while loading
_STEP_SECONDS = 0.1
VISITORS_A_MINUTE = 20.0  # further cases while somebody watches: a viewer sees something happen every few seconds
HURRY = 60.0  # and sees cases that go the whole way in minutes
RELIEF_MS = 3 * 60_000  # after so long somebody sees to the outage, so that alarms are seen to end


class Conductor:
    """Sends, reads the figures, shows them, and keeps the stack up. A context manager."""

    def __init__(self, outside: Outside, organisation: Organisation, wall: Wall, status: Status, began: float) -> None:
        """`began`: when the demo was started, by the steady clock."""
        self._outside, self._organisation, self._wall, self._status = outside, organisation, wall, status
        self._clock, self._sender, self._reader = outside.clock, outside.sender, outside.reader
        self._began = began
        self._story = Story(status)
        # Neither may hold up what is to be sent: an answer that comes late is an alarm that should not have been.
        self._reading = outside.background("figures")
        self._reviving = outside.background("revive")
        self._next: Future[Figures] | None = None
        self._revived: Future[list[Said]] | None = None
        self._read_at = self._shown_at = self._revived_at = 0.0
        self.figures: Figures | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reading.shutdown(cancel_futures=True)
        self._reviving.shutdown(cancel_futures=True)

    def load(self) -> int:
        """Send all that has happened until now, as fast as it goes; how many events.

        The backfill ends when the workers have taken everything in, and from then on every event is sent at its time:
        what people have answered by then is known before anybody is alarmed.
        """
        self._tell_of_the_outage()
        with self._outside.backfill():
            count = self._send(load=True)
            self._status.phase = Said("phase.catching_up", {"n": count})
            self.catch_up()
            count += self._send()
            self._sender.close()
        while self.figures is None or self.figures.blind_for > BLIND_SECONDS:
            count += self._send()
            self._look()
            self._sender.wait(_STEP_SECONDS)
        self._status.settled = True
        self._reader.begin_trends()
        self.figures = replace(self.figures, before=None)
        return count

    def catch_up(self) -> None:
        """Wait until what has been sent is in the figures."""
        self._sender.close()
        # Twice: what the first round took in late may have sent links to cases, which the second round has, too.
        for _ in range(2):
            at = self._clock.now()
            while self.figures is None or not self.figures.complete or (self.figures.caught_up_at or 0.0) < at:
                self._look()
                self._sender.wait(_STEP_SECONDS)

    def live(self, seconds: float | None) -> None:
        """Send every event at its time, for so long (None: until somebody ends it)."""
        clock = self._clock
        now, begin = clock.now_ms(), clock.steady()
        self._organisation.hasten(now, VISITORS_A_MINUTE, HURRY)
        place = self._organisation.neglected
        relief = now + RELIEF_MS if place is not None else None
        self._organisation.relieve(now + RELIEF_MS, HURRY)
        lag = self._status.speaker.lag(begin - self._began)
        self._status.notice(Said("notice.live", {"lag": lag}), clock.now())
        while seconds is None or clock.steady() - begin < seconds:
            self._status.phase = Said("phase.live", {"length": Length(clock.steady() - begin)})
            if relief is not None and place is not None and clock.now_ms() >= relief:
                self._status.notice(Said("notice.relief", {"place": place}), clock.now())
                self._story.await_end(place)
                relief = None
            self._send()
            self._look()
            self._sender.wait(_STEP_SECONDS)
        self._sender.close()

    def _tell_of_the_outage(self) -> None:
        place, since = self._organisation.neglected, self._organisation.neglected_since
        if place is not None and since is not None:
            told = Said("notice.outage", {"place": place, "since": self._status.speaker.short_time(since / 1000)})
            self._status.notice(told, self._clock.now())

    def _send(self, load: bool = False) -> int:
        """What has happened by now and is not sent yet; how many events. `load`: there are many, so look up."""
        count = 0
        for count, event in enumerate(self._organisation.until(self._clock.now_ms()), 1):
            self._sender.send(event)
            if load and count % _LOOK_EVERY == 0:
                self._status.phase = Said("phase.loading", {"n": count})
                self._look()
        return count

    def _look(self) -> None:
        """What is due beside sending."""
        now = self._clock.now()
        if self._next is not None and self._next.done():
            self.figures, self._next = self._next.result(), None
            self._story.take(self.figures)
        if self._next is None and now - self._read_at >= _READ_EVERY_SECONDS:
            self._next, self._read_at = self._reading.submit(self._reader.read, now), now
        if self._revived is not None and self._revived.done():
            for said in self._revived.result():
                self._status.notice(said, now)
            self._revived = None
        if self._revived is None and now - self._revived_at >= _READ_EVERY_SECONDS:
            self._revived, self._revived_at = self._reviving.submit(self._outside.revive), now
        if self.figures is not None and now - self._shown_at >= self._wall.every_seconds:
            self._wall.show(self._status, self.figures)
            self._shown_at = now
