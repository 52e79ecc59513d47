"""The state that each release has left, in `schemas/released/state-VERSION/`: oldest first."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from schemas import loader
from streams.kafka.records import ChangelogRecord

RELEASES = sorted(
    (Path(loader.__file__).parent / "released").glob("state-*"),
    key=lambda folder: [int(part) for part in folder.name.removeprefix("state-").split(".")],
)
NAMES = [folder.name for folder in RELEASES]


def changelogs(folder: Path) -> Iterator[tuple[str, ChangelogRecord]]:
    """The changelog records of a release, each with the name of its stage, in the order in which they were written."""
    for line in (folder / "changelogs.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        yield (
            one["stage"],
            ChangelogRecord(one["key"].encode(), None if one["value"] is None else b64decode(one["value"])),
        )
