"""What all tests share: the option of `make golden`, the logs that they run on, and a real broker."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from streams.local.broker import Broker
from tests.brokers import BrokerAddress
from tests.real import logs

# Machines are shared: how long something takes decides no property.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

# Who runs tests in the background of a shell has Ctrl-C ignored, and so would every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
