"""Every fault that is put into the product on purpose is found."""

import pytest

from tests.simulation.mutants import FAULTS
from tests.simulation.mutate import Fault, present
from tests.simulation.schedule import Schedule
from tests.simulation.shrink import failure_of

_QUICK = 40  # schedules: a fault that may take more is looked for in the `prove` tier


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=fault.name, marks=[pytest.mark.prove] if fault.within > _QUICK else [])
        for fault in FAULTS
    ],
)
def test_the_simulation_finds_a_product_in_which(fault: Fault) -> None:
    with present(fault):
        for seed in range(fault.within):
            failure = failure_of(seed, Schedule(seed).steps())
            if failure is not None:
                print(f"{fault.function}: after {seed + 1} schedules: {failure.kind}")
                return
    pytest.fail(f"{fault.within} schedules have not found that {fault.name}")


def test_there_are_many_faults_in_many_modules_and_none_in_the_simulation() -> None:
    modules = {fault.function.partition(":")[0] for fault in FAULTS}
    assert len(FAULTS) >= 15
    assert len(modules) >= 10
    assert not [name for name in modules if name.startswith(("tests", "tests.memory.log"))]


def test_a_fault_is_gone_afterwards_and_one_whose_place_has_changed_says_so() -> None:
    fault = FAULTS[0]
    with present(fault):
        pass
    gone = Fault("it is elsewhere", fault.function, "no such piece", "")
    with pytest.raises(ValueError, match="the fault has to follow"), present(gone):
        pass
