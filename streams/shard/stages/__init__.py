"""What each kind of entity does with new entries: the ledger it keeps and the records it sends.

`CaseStage` publishes the enriched case and what happened to its clocks. `TellingStage` (decisions, obstacles)
sends every stage to the cases concerned. No rule of the domain is here; it is in `processors`.
"""

from processors import decision, obstacle
from processors.policy import Policies
from streams.shard.stages.cases import CaseStage
from streams.shard.stages.fanout import TellingStage
from streams.shard.stages.signals import SignalStage
from streams.shard.stages.stage import Derived, Effects, Encode, Stage

__all__ = [
    "CaseStage",
    "Derived",
    "Effects",
    "SignalStage",
    "Stage",
    "TellingStage",
    "stages",
]


def stages(policies: Policies, encode: Encode, source: str) -> list[Stage]:
    """All of them, those that tell others first."""
    return [
        TellingStage(obstacle, "obstacle", policies, encode, source),
        TellingStage(decision, "decision", policies, encode, source),
        SignalStage(policies),
        CaseStage(policies, encode, source),
    ]
