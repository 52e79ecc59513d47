"""The configurations that are shipped: each is right, leaves no doubt, and says all that a mode needs."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from processors.policy import CLOCKS
from streams.cli.main import main
from streams.config import load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODES = {"production", "product-development", "customer-service", "public-administration"}
SHIPPED = sorted([EXAMPLES / "rytmi.yaml", EXAMPLES / "servicenow-rytmi.yaml", *(EXAMPLES / "modes").iterdir()])
OF_MODES = [path for path in SHIPPED if path.parent.name == "modes"]


def test_there_is_one_for_every_operating_mode() -> None:
    assert {path.stem for path in OF_MODES} == MODES


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_config_check_finds_neither_fault_nor_doubt(path: Path) -> None:
    done = CliRunner().invoke(main, ["config", "check", "--config", str(path)])
    assert done.exit_code == 0, done.output
    assert f"{path} is right" in done.output
    assert "note:" not in done.output
    assert load(path).doubts == ()


@pytest.mark.parametrize("path", OF_MODES, ids=lambda path: path.stem)
def test_touchpoints_stand_on_a_path_answer_to_a_unit_and_say_what_they_are_meant_to_be(path: Path) -> None:
    file = load(path).file
    assert {place.mode for place in file.touchpoints} <= {*MODES, "self-service"}
    assert path.stem in {place.mode for place in file.touchpoints}
    for place in file.touchpoints:
        assert None not in {place.path, place.stage}, place.id
        intended = place.intended
        assert intended is not None
        assert intended.score is not None
        assert 0 <= intended.score <= 1, f"{place.id}: a score on 0..1"
        assert intended.emotion is not None
        assert intended.standing is not None
    assert {place.unit for place in file.touchpoints} == {unit.id for unit in file.units}
    assert all(unit.supervisor and unit.leader for unit in file.units)
    assert file.functions
    assert all(function.stale_after for function in file.functions)


@pytest.mark.parametrize("path", OF_MODES, ids=lambda path: path.stem)
def test_policies_have_targets_and_tell_somebody_and_every_calendar_is_used(path: Path) -> None:
    config = load(path)
    policies = config.policies.sets[0].policies
    for policy in policies:
        assert {"acknowledge", "decide", "resolve"} <= set(policy.targets), policy.name
    assert {clock for policy in policies for clock in policy.targets} == set(CLOCKS)
    assert {who for policy in policies for _, who in policy.escalate} == {"owner", "supervisor", "leader"}
    assert any(policy.pausable for policy in policies)
    assert any(policy.warn for policy in policies)
    used = {id(policy.calendar) for policy in policies}
    assert {name for name, calendar in config.calendars.items() if id(calendar) not in used} == set()
