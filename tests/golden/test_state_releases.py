"""The state of every release is read for ever, and what the newest wrote is written today.

`schemas/released/state-VERSION/` has what a release took in (`history.jsonl`, under `rytmi.yaml`), what it wrote to
the changelogs by that, and what it read from them. `make golden` makes the last two where they are missing, and never
writes over any. Numbers of transactions stand between the records of the state and are no part of it: release 0.1.0
wrote none.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict
from pathlib import Path

import pytest

from streams import config as configuration
from streams.kafka import numbering
from streams.kafka.records import ChangelogRecord
from streams.kafka.topics import CHANGELOGS
from streams.shard.store import Store
from tests.golden.clients import Kafka
from tests.golden.history import SETTINGS, History
from tests.golden.releases import NAMES, RELEASES, changelogs
from tests.golden.stored import told

MOST_BYTES = 200 * 1024


def written_today(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ChangelogRecord]]:
    """The changelog records that the history makes, by stage: everything in order, what was overwritten as well."""
    kafka = Kafka()
    kafka.stand_in(monkeypatch)
    stage_of = {SETTINGS.changelog(stage): stage for stage in CHANGELOGS}
    return [
        (stage_of[sent.topic], ChangelogRecord(sent.key or b"", sent.value))
        for sent in History(configuration.load(folder / "rytmi.yaml"), kafka).run(folder / "history.jsonl")
        if sent.topic in stage_of
    ]


def line(stage: str, write: ChangelogRecord) -> str:
    """A changelog record as a line of `changelogs.jsonl`."""
    value = None if write.value is None else b64encode(write.value).decode()
    return json.dumps({"stage": stage, "key": write.key.decode(), "value": value})


def read_today(folder: Path) -> list[str]:
    """What today's code reads from the changelogs of a release."""
    stores: defaultdict[str, Store] = defaultdict(Store)
    for stage, write in changelogs(folder):
        stores[stage].apply(write)
    return list(told(configuration.load(folder / "rytmi.yaml"), stores))


def make(path: Path, lines: list[str], rewrite_golden: bool) -> list[str]:
    """The lines of a file, which is made of these where it does not exist and that is asked for."""
    if rewrite_golden and not path.exists():
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path.read_text(encoding="utf-8").splitlines()


def test_state_written_today_is_that_of_the_newest_release(
    rewrite_golden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = written_today(RELEASES[-1], monkeypatch)
    written = [line(stage, write) for stage, write in kept if write.key != numbering.KEY]
    assert written == make(RELEASES[-1] / "changelogs.jsonl", written, rewrite_golden), (
        "other state is written than the newest release wrote: mend the code; or, where that is meant, raise the "
        "version of the state, read both, and lay a folder of the new release beside the old ones"
    )


def test_every_transaction_that_saves_state_is_numbered_in_its_changelog(monkeypatch: pytest.MonkeyPatch) -> None:
    found: defaultdict[str, numbering.Numbering] = defaultdict(numbering.Numbering)
    for stage, write in written_today(RELEASES[-1], monkeypatch):
        if write.key == numbering.KEY:
            found[stage].take(write.value or b"")
    assert set(found) == set(CHANGELOGS)
    for numbers in found.values():
        numbers.finish()
        assert (numbers.outputs_lost, numbers.state_lost) == (0, 0)
        assert numbers.done > 1


@pytest.mark.parametrize("folder", RELEASES, ids=NAMES)
def test_state_of_every_release_is_read_as_it_was_meant(folder: Path, rewrite_golden: bool) -> None:
    read = read_today(folder)
    assert read == make(folder / "read.txt", read, rewrite_golden), "what was kept by a release is read otherwise today"


@pytest.mark.parametrize("folder", RELEASES, ids=NAMES)
def test_state_of_every_release_has_every_kind_of_record(folder: Path) -> None:
    kept = list(changelogs(folder))
    in_all = {(stage, kind) for stage in CHANGELOGS for kind in (b"e", b"p", b"n")}
    assert in_all <= {(stage, write.key[:1]) for stage, write in kept}
    assert {write.key[:1] for _, write in kept} == {b"e", b"p", b"r", b"c", b"n"}
    assert {write.key[:1] for _, write in kept if write.value is None} == {b"e", b"c"}


@pytest.mark.parametrize("folder", RELEASES, ids=NAMES)
def test_state_of_every_release_is_small(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.iterdir()) < MOST_BYTES
