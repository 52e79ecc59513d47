"""What is computed and then kept by somebody: ids, codes, pseudonyms, versions of policies, names of topics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from processors import alarm_record, alarms, decision, enriched, fanout, obstacle
from processors.events import Decision, Obstacle, Pulse
from processors.ledger import digest, text_digest
from processors.policy import CLOCKS
from processors.signal import entity
from schemas import loader
from streams import config as configuration
from streams.board.identity import TOKEN_PREFIX, hashed
from streams.kafka.numbering import begins, ends
from streams.kafka.topics import CHANGELOGS, INPUTS, topics
from streams.measures.publisher import source_name
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from tests.golden.history import KEY
from tests.golden.pins import hold

POLICIES = configuration.load(Path(__file__).resolve().parent / "day.yaml").policies
NOW = 1_772_435_700_000
KINDS, LEVELS = 16, 64  # codes of a clock: of its outcomes, of its levels
CYCLES = (1, 2, 37)


def test_links_have_the_ids_that_they_have_always_had(rewrite_golden: bool) -> None:
    made = [
        Decision(f"d-{n}", NOW + n, "X", stage, "tactical", None, ("K-1", "Ä\x1f2")) for n, stage in enumerate(STAGES)
    ]
    raised = [
        Obstacle("d-0", NOW, "X", "raised", "web", "stock", ("K-1",)),
        Obstacle("d-1", NOW, "X", "removed", "", ""),
    ]
    facts = {}
    for kind, of, events in (("decision", decision, made), ("obstacle", obstacle, raised)):
        entries = [of.entry(event) for event in events]
        for link in fanout.links(of, "X", (), entries):
            facts[f"{kind} {link.stage} {link.case!a}"] = link.id
    assert facts["decision made 'K-1'"] != facts["obstacle raised 'K-1'"]
    hold("links", facts, rewrite_golden)


STAGES = ("made", "effective", "revoked")


def test_codes_in_stored_ledgers_mean_what_they_have_always_meant(rewrite_golden: bool) -> None:
    facts: dict[str, Any] = {}
    for cycle in CYCLES:
        for place in range(cycle * len(CLOCKS), (cycle + 1) * len(CLOCKS)):
            for kind in range(len(enriched.KINDS)):
                facts[f"outcome {place * KINDS + kind}"] = enriched.named(place * KINDS + kind)
            for level in (1, 31, 32, 33, 63):
                facts[f"level {place * LEVELS + level}"] = alarms.named(place * LEVELS + level)
    facts |= {"active": alarms.ACTIVE, "stopped": alarms.STOPPED, "taken": alarms.TAKEN}
    hold("codes", facts, rewrite_golden)


def test_ids_are_computed_as_ever(rewrite_golden: bool) -> None:
    place = ("touchpoint.feedback.v1", 3, 4711)
    letter = alarm_record.dead_letter(place, "K-1", "delivery", "invalid", NOW, NOW, POLICIES)
    facts: dict[str, Any] = {
        "outcome": enriched.outcome_id("K-1", 1, "acknowledge", "stopped"),
        "alarm of a dead letter": letter["id"],
        "digest": digest("K-1", 1, None),
        "digest of parts with a separator": digest("a\x1fb", "c"),
        "digest of a text": text_digest("Kiitos ä \ud800"),
        "answer": ascii(entity(Pulse("p-1", NOW, "care", None, "front", "heard", 0.5))),
        "token": [TOKEN_PREFIX, hashed("rytmi_token")],
    }
    for done in (0, 41):
        facts[f"numbers of a transaction after {done}"] = [begins(done), ends(done)]
    for dated in POLICIES.sets:
        facts[f"policy version from {dated.from_ms}"] = dated.version
    pseudonym = Pseudonym(KEY)
    for customer in ("Virtanen 17", "ä@example.org", "", "p1_00112233445566778899aabbccddeeff", "p1_0011"):
        facts[f"pseudonym of {customer!r}"] = pseudonym(customer)
    for name in loader.names():
        for schema in loader.versions(name):
            facts[f"schema {name} {schema.version}"] = [schema.full_name, schema.fingerprint.hex()]
    hold("ids", facts, rewrite_golden)


def test_topics_have_the_names_and_settings_that_they_have_always_had(rewrite_golden: bool) -> None:
    facts: dict[str, Any] = {f"input {record}": topic for record, topic in INPUTS.items()}
    facts |= {f"source {stage}": source_name(stage, 3) for stage in CHANGELOGS}
    for about, settings in (
        ("", Settings()),
        (
            "of three brokers: ",
            Settings(application="APPLICATION", topic_prefix="PREFIX.", replication=3, partitions=12),
        ),
    ):
        for spec in topics(settings):
            facts[f"{about}{spec.name}"] = [spec.partitions, spec.key, spec.record]
            facts |= {f"{about}{spec.name} {name}": value for name, value in sorted(spec.config.items())}
    hold("topics", facts, rewrite_golden)
