"""The cases as the topics have them, settled at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from processors.policy import Policies
from processors.settled import NotSettled, row
from schemas.codec import Codec
from streams import UserError
from streams.kafka.reader import key_of, to_the_end
from streams.pseudonym import Pseudonym
from streams.settings import Settings


def rows(settings: Settings, policies: Policies, until: int) -> Iterator[dict[str, Any]]:
    """The objects of cases.jsonl, by case id. Raises UserError where a case cannot be read at that instant."""
    last: dict[str, bytes] = {}
    for record in to_the_end(settings, settings.topic("rytmi.case.v1"), range(settings.partitions)):
        key, value = key_of(record).decode(), record.value
        if value is None:
            last.pop(key, None)
        else:
            last[key] = value
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    for case in sorted(last):
        try:
            yield row(codec.decode("case", last[case]), until, policies)
        except NotSettled as wrong:
            raise UserError(str(wrong)) from None
