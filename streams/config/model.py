"""The shape of rytmi.yaml. What one key may hold is said here; what one says of another is in `references.py`.

A file with faults is read twice: strictly for its faults, then as far as it can be (`as_far_as_readable`), so that what
its parts say of each other is looked at too, and all faults are told at once.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from processors.alarms import MOST_STEPS
from streams.config.fields import (
    LENIENT,
    Clock,
    Country,
    Day,
    DayRange,
    Duration,
    Identifier,
    Instant,
    Intervals,
    Item,
    Length,
    Name,
    Patterns,
    Window,
    Zone,
    rising,
)

DAY_MS = 86_400_000


class _Strict(BaseModel):
    """A section. In the context LENIENT, what is missing or cannot be read is None, or the field's default."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _with_what_is_missing(cls, found: Any, info: ValidationInfo) -> Any:
        if info.context is not LENIENT:
            return found
        required = (field.alias or name for name, field in cls.model_fields.items() if field.is_required())
        return dict.fromkeys(required) | (found if isinstance(found, dict) else {})

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(cls, found: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return read(found)
        except ValueError:
            if info.context is not LENIENT:
                raise
            field = cls.model_fields[str(info.field_name)]
            return None if field.is_required() else field.get_default()


class CalendarSpec(_Strict):
    """Opening hours; without `hours` every hour of every day that is not taken away."""

    hours: dict[DayRange, Intervals] | None = Field(None, min_length=1)
    holidays: Country | None = None
    closed: list[Day] = []
    timezone: Zone | None = None


class UnitSpec(_Strict):
    """A unit of the organisation, and who is told."""

    id: Identifier
    supervisor: Name | None = None
    leader: Name | None = None


class Intended(_Strict):
    """What a touchpoint is meant to be."""

    emotion: Annotated[float, Field(ge=-1, le=1)] | None = None
    score: float | None = None
    standing: Annotated[float, Field(ge=0)] | None = None


class TouchpointSpec(_Strict):
    """Where customers meet the organisation."""

    id: Identifier
    path: Identifier | None = None
    stage: Name | None = None
    unit: Identifier | None = None
    mode: Name | None = None
    intended: Intended | None = None


class FunctionSpec(_Strict):
    """A function that reports indicators. stale_after: milliseconds."""

    id: Identifier
    stale_after: Length | None = None


class Match(_Strict):
    """Patterns by attribute; `*` stands for any run of characters."""

    severity: Patterns | None = None
    touchpoint: Patterns | None = None
    channel: Patterns | None = None
    unit: Patterns | None = None
    path: Patterns | None = None


class Targets(_Strict):
    """Worked time by clock, milliseconds."""

    acknowledge: Length | None = None
    decide: Length | None = None
    effect: Length | None = None
    resolve: Length | None = None
    tell: Length | None = None


class Step(_Strict):
    """Who is told how long after the breach, milliseconds."""

    after: Duration
    to: Literal["owner", "supervisor", "leader"]


def _in_order(found: list[Step]) -> list[Step]:
    waits = [step.after for step in found if step.after is not None]  # None: one that cannot be read
    if waits != sorted(waits):
        raise ValueError("steps must be in the order of `after`, the first one first")
    return found


class PolicySpec(_Strict):
    """Targets for what it matches."""

    name: Name
    match: Match = Match()
    calendar: str = "always"
    targets: Targets = Targets()
    pausable: list[Clock] = []
    warn: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], AfterValidator(rising)] = Field(
        [], max_length=MOST_STEPS
    )
    escalate: Annotated[list[Step], AfterValidator(_in_order)] = Field([], max_length=MOST_STEPS)


class PolicySetSpec(_Strict):
    """Policies in force from an instant on, milliseconds since the epoch."""

    from_ms: Instant = Field(alias="from")
    policies: list[PolicySpec]


class SourceSpec(_Strict):
    """A system that events come from and that says now and then that it lives; silent for longer, it is not trusted."""

    id: Identifier
    records: list[Literal["feedback", "action", "decision"]] = Field(["feedback", "action"], min_length=1)
    touchpoints: list[Annotated[Identifier, Item]] = []
    silent_after: Length = 120_000


class ConfigFile(_Strict):
    """All of rytmi.yaml."""

    timezone: Zone = "UTC"
    calendars: dict[Identifier, CalendarSpec] = {}
    units: list[UnitSpec] = []
    touchpoints: list[TouchpointSpec] = []
    functions: list[FunctionSpec] = []
    sources: list[SourceSpec] = []
    settle: Duration = 200
    unknown_touchpoint: Literal["other", "reject"] = "other"
    policies: list[PolicySpec] | None = None
    policy_sets: list[PolicySetSpec] | None = Field(None, min_length=1)
    windows: list[Annotated[Window, Item]] = Field(["15m", "1h", "1d", "7d", "28d"], min_length=1)
    retention: Length = 60 * DAY_MS


def as_far_as_readable(data: Any) -> ConfigFile:
    """What a file with faults says apart from them: names and items that cannot be read are None, other values are
    their defaults, unknown keys are left out.
    """
    return ConfigFile.model_validate(data, context=LENIENT, extra="ignore")
