"""The clusters on which the contract is tested: each test runs on all of them."""

from collections.abc import Iterator

import pytest

from tests.contract.cluster import Cluster, InMemory, Real

CLUSTERS = [pytest.param("memory", marks=pytest.mark.memory), pytest.param("kafka", marks=pytest.mark.live)]


@pytest.fixture(params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    if request.param == "memory":
        yield Cluster(InMemory())
        return
    broker = request.getfixturevalue("broker")
    real = Real(broker.bootstrap, broker.replication)
    yield Cluster(real)
    real.close()
