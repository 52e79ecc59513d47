"""What all tests share: the option of `make golden`, the logs that they run on, and a real broker."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from streams.local.broker import Broker
from streams.local.monitoring import Programs
from tests import needed, skipping
from tests.brokers import BrokerAddress
from tests.real import logs
from tests.tiers import PROVES

# Machines are shared: how long something takes decides no property.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

# Who runs tests in the background of a shell has Ctrl-C ignored, and so would every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(skipping)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is of the tier `prove` alone is left out of the others; it is not skipped, for nothing is missing."""
    if not PROVES:
        left_out = [item for item in items if item.get_closest_marker("prove")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_report_header() -> str:
    if "real" in logs.NAMES:
        return f"desk's log: a generated one, and {logs.REAL_LOG}"
    return f"desk's log: a generated one alone; {logs.REAL_LOG} is not there (RYTMI_SHARED names its folder)"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session", params=logs.NAMES)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> logs.Log:
    """A desk's log: generated, and the real one where it is."""
    return logs.provide(request.param, tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerAddress]:
    """The cluster of RYTMI_KAFKA_BOOTSTRAP, else a broker that ends with the session, even if the session is killed."""
    elsewhere = os.environ.get("RYTMI_KAFKA_BOOTSTRAP")
    if elsewhere:
        yield BrokerAddress(elsewhere, int(os.environ.get("RYTMI_REPLICATION", "1")))
        return
    with Broker(tmp_path_factory.mktemp("broker")) as own:
        yield BrokerAddress(own.bootstrap, replication=1)


@pytest.fixture(scope="session")
def monitoring_programs() -> Programs:
    """Prometheus and Alertmanager; tests that ask for it, if by name alone, are skipped where they cannot be had."""
    return needed.monitoring()


@pytest.fixture(scope="session")
def chromium_program() -> Path:
    """Of the session, so that its tests are skipped before anything is started for them."""
    return needed.chromium()
