"""The screens of a demo: on the Grafana that is named, unless that one has a life of its own."""

from __future__ import annotations

import pytest

from dashboards.publish import Access, Grafana, Plan, publish
from streams.demo.grafana import published
from streams.settings import Settings
from tests.screens.fake_grafana import TOKEN, FakeGrafana

OURS = "http://127.0.0.1:19090"


def settings(url: str, token: str = TOKEN) -> Settings:
    return Settings.from_env({"RYTMI_GRAFANA_URL": url, "RYTMI_GRAFANA_TOKEN": token})


def test_screens_are_there_and_read_the_prometheus_of_the_demo() -> None:
    with FakeGrafana() as fake:
        address, said = published(settings(fake.url), OURS)
        assert address == f"{fake.url}/d/rytmi-now?kiosk"
        assert said == "screens published, 8 of 8 changed"
        assert fake.sources["rytmi-prometheus"]["url"] == OURS
        assert fake.preferences["homeDashboardUID"] == "", "everybody's first page stays"
        assert published(settings(fake.url), OURS)[1] == "screens published, 0 of 8 changed"


@pytest.mark.parametrize("theirs", ["http://prometheus:9090", "http://localhost:9090"])
def test_a_grafana_whose_screens_show_something_real_is_left_alone(theirs: str) -> None:
    with FakeGrafana() as fake:
        list(publish(Grafana(Access(fake.url, TOKEN)), Plan(theirs)))
        before = len(fake.writes)
        assert published(settings(fake.url), OURS) == (None, f"left as it is: its screens show {theirs}")
        assert len(fake.writes) == before


def test_the_prometheus_of_another_demo_is_replaced_and_that_of_a_demo_by_a_real_one() -> None:
    with FakeGrafana() as fake:
        published(settings(fake.url), "http://127.0.0.1:1")
        assert published(settings(fake.url), OURS)[1] == "screens published, 1 of 8 changed"
        list(publish(Grafana(Access(fake.url, TOKEN)), Plan("http://prometheus:9090", home=False)))
        assert published(settings(fake.url), OURS)[0] is None


@pytest.mark.parametrize("url", ["https://grafana.example.org", "http://10.0.0.7:3000"])
def test_a_grafana_on_another_machine_is_not_even_asked(url: str) -> None:
    address, said = published(settings(url), OURS)
    assert address is None
    assert f"{url} is not on this machine" in said


def test_a_demo_goes_on_without_a_grafana_that_will_not_have_it() -> None:
    with FakeGrafana() as fake:
        address, said = published(settings(fake.url, "another"), OURS)
    assert address is None
    assert said.startswith("none. ")
    assert "RYTMI_GRAFANA_TOKEN" in said
    assert published(settings(fake.url), OURS)[0] is None, "it does not answer any more"
