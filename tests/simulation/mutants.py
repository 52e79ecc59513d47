"""Faults put into the product on purpose, each of which the simulation has to find.

None is in the log in memory or in the simulation. `within` leaves room over the number of schedules that it took when
the list was last run (see docs/proof.md); a fault that takes many is looked for in the `prove` tier alone.
"""

from __future__ import annotations

from tests.simulation.mutate import Fault

FAULTS = (
    # What is durable
    Fault(
        "a transaction that was aborted counts as committed",
        "streams.kafka.shard_log:ShardLog.commit",
        "            self._producer.abort()\n        except",
        "            self._producer.abort()\n            return\n        except",
    ),
    Fault(
        "offsets are acknowledged in a transaction before that of their state",
        "streams.shard.shard:Shard.commit",
        "    self._log.commit(outputs, states, read)",
        "    self._log.commit((), read)\n    self._log.commit(outputs, states)",
    ),
    Fault(
        "outputs are sent in a transaction before that of their state",
        "streams.shard.shard:Shard.commit",
        "    self._log.commit(outputs, states, read)",
        "    self._log.commit(list(outputs), ())\n    self._log.commit((), states, read)",
    ),
    Fault(
        "a worker's producers have ids of their own, so that nobody is fenced",
        "streams.kafka.shard_log:ShardLog.__init__",
        "TransactionalProducer(log, self.name)",
        'TransactionalProducer(log, f"{self.name}-{id(self)}")',
    ),
    Fault(
        "a restore drops the last record of the changelog",
        "streams.kafka.shard_log:ShardLog.restore",
        "    for record in self._log.read(self._changelog, (self._partition,)):",
        "    for record in list(self._log.read(self._changelog, (self._partition,)))[:-2]:",
    ),
    Fault(
        "a transaction that is sent again leaves its outputs out",
        "streams.kafka.shard_log:ShardLog._transact",
        "    for output in sent:",
        "    for output in sent[:0]:",
    ),
    Fault(
        "a commit that was answered late is sent again though it is durable",
        "streams.kafka.shard_log:ShardLog._go_on",
        "    return is_under_way",
        "    return False",
    ),
    Fault(
        "a producer is kept whose end of a transaction may come late",
        "streams.kafka.producer:TransactionalProducer.abort",
        "    self.is_late = True",
        "    self.is_late = False",
        within=300,
    ),
    Fault(
        "notes of control records that went away come back with a restore",
        "streams.shard.store:Store.apply",
        "        self.controls = {n: at for n, at in self.controls.items() if n != name}",
        "        self.controls = dict(self.controls)",
    ),
    # What is read
    Fault(
        "records that the state holds already are not passed over",
        "streams.shard.intake:skip_committed",
        "    if records[0].offset < offset:",
        "    if False:",
    ),
    Fault(
        "batches of an older generation are folded all the same",
        "streams.worker.core:WorkerCore.fold",
        " if queued.generation == self.assignment.generation]",
        "]",
        within=300,
    ),
    Fault(
        "what was derived is not saved where a batch brought several changes",
        "streams.shard.pipeline:Pipeline.process",
        "    for entity, effects in changes:",
        "    for entity, effects in changes[:1]:",
    ),
    # What follows from it
    Fault(
        "a case that an obstacle or decision names later is not told what was before",
        "processors.fanout:links",
        "if e.id not in told_events or case not in told_cases:",
        "if e.id not in told_events:",
    ),
    Fault(
        "an outcome that is void is not retracted",
        "streams.shard.stages.cases:CaseStage.on_entries",
        "    for code in before.published.keys() - published.keys():",
        "    for code in set():",
    ),
    Fault(
        "an outcome is published again without news",
        "streams.shard.stages.cases:CaseStage.on_entries",
        "        if before.published.get(outcome.code) != content:",
        "        if True:",
    ),
    # What may be claimed
    Fault(
        "claims are made without the decisions' progress",
        "streams.shard.watermarks:Watermarks.of_cases",
        "found + [self._progress.watermark(decisions, links) for decisions in range(self._settings.partitions)]",
        "found",
    ),
    Fault(
        "a partition counts as read when it is fetched, before it is durable",
        "streams.shard.watermarks:Watermarks.ended_at",
        "shard.store.offsets.get(place.topic, 0) <= end.last",
        "False",
        within=300,
    ),
    Fault(
        "claims are made during a backfill",
        "streams.shard.claims:Claims.refresh",
        " or backfill(controls)",
        "",
    ),
    Fault(
        "claims are made of a source that is silent",
        "streams.shard.claims:limited",
        "            if heard < now - source.silent_after:",
        "            if False:",
        within=300,
    ),
    Fault(
        "nobody waits for what settles",
        "streams.shard.claims:Claims.refresh",
        "min(*known, now) - self._settle_ms)",
        "min(*known, now))",
    ),
    Fault(
        "a mark of progress counts though links before it are not read",
        "streams.shard.progress:DecisionProgress.watermark",
        " if received < links_read)",
        ")",
        within=300,
    ),
    Fault(
        "a mark of progress claims what is not read yet",
        "streams.worker.schedule:Schedule._publish_progress",
        "        until = min(until, limited",
        "        until = min(now, limited",
        within=300,
    ),
    # What is due, and told
    Fault(
        "deadlines are not set when a shard is restored",
        "streams.shard.shard:Shard.open",
        "            self._set_deadline(entity, derived.standing, derived.next_at)\n",
        "",
    ),
    Fault(
        "alarms that stand are not told again by the next owner of a shard",
        "streams.worker.assignment:Assignment.assign",
        "self._sink.hold(shard.id, shard.restored_alarms)",
        "self._sink.hold(shard.id, [])",
    ),
    Fault(
        "what was announced is not kept with the case",
        "streams.shard.stages.cases:CaseStage.on_deadline",
        "    known = known._replace(announced=announced)\n",
        "",
    ),
    Fault(
        "Alertmanager is not told that an alarm has ended",
        "streams.alertmanager.book:Book._put",
        '    if record["kind"] != "raised":',
        "    if False:",
    ),
    # What is counted
    Fault(
        "cells count before the mark that ends them",
        "processors.measures.sources:Sources.cell",
        "        said.since[where] = packed",
        "        self._view.put(source, where, packed)",
    ),
    Fault(
        "the cells of a former owner stay in the topic",
        "streams.measures.publisher:CellPublisher.tombstone",
        "    self._stale = standing",
        "    self._stale = ()",
    ),
    Fault(
        "the view speaks though sources are missing",
        "streams.measures.view:MeasuresView.look",
        "    if not missing and until > 0:",
        "    until = until or self._clock.wall_ms()\n    if True:",
    ),
    Fault(
        "measures are said as of now, whatever is read",
        "processors.measures.sources:Sources.known_until",
        "    return min(*(mark.until for mark in wholes), max(mark.at for mark in wholes))",
        "    return max(mark.at for mark in wholes)",
    ),
    Fault(
        "an entity's old contribution is not taken away",
        "processors.measures.cells:Cells.replace",
        "            self._change(Cell(*where), tuple(fact), -amount)",
        "            pass",
    ),
    Fault(
        "windows that are empty by now stay in the topic",
        "streams.measures.windows:Windows.publish",
        "    outputs += [ProducerRecord(TOPIC, name, None, []) for name in gone]\n",
        "",
    ),
)
