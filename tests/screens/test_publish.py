"""Publishing: everything once, nothing twice, and errors that say what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboards.building import built
from dashboards.publish import Access, Clash, Grafana, Mark, Plan, PublishError, differences, publish
from dashboards.screens import screens
from streams.cli.main import main
from streams.local.broker.address import free_port
from tests.screens.fake_grafana import TOKEN, FakeGrafana

PROMETHEUS = "http://prometheus:9090"
MARKS = (
    Mark("D-1", "made", 1_770_000_000_000, "Open on Sundays (stores): made"),
    Mark("D-1", "effective", 1_770_600_000_000, "Open on Sundays (stores): effective"),
)
PLAN = Plan(PROMETHEUS, marks=MARKS)
TOKEN_NAME = "RYTMI_GRAFANA_TOKEN"  # noqa: S105 - a variable's name
UIDS = [screen.uid for screen in screens()]


@pytest.fixture
def fake() -> Iterator[FakeGrafana]:
    with FakeGrafana() as grafana:
        yield grafana


def to(fake: FakeGrafana, token: str = TOKEN) -> Grafana:
    return Grafana(Access(fake.url, token))


def command(url: str | None, *arguments: str, **env: str) -> Result:
    named = {} if url is None else {"RYTMI_GRAFANA_URL": url}
    return CliRunner().invoke(main, ["dashboards", *arguments], env=named | env)


def test_everything_is_there_after_the_first_time(fake: FakeGrafana) -> None:
    done = list(publish(to(fake), PLAN))
    assert {one.outcome for one in done} == {"created", "changed"}
    assert [one.outcome for one in done].count("changed") == 1, "the first page, which there always is"
    assert list(fake.boards) == UIDS
    assert all(board["meta"]["folderUid"] == "rytmi" for board in fake.boards.values())
    assert fake.sources["rytmi-prometheus"]["url"] == PROMETHEUS
    (playlist,) = fake.playlists.values()
    assert [item["value"] for item in playlist["items"]] == UIDS
    assert fake.preferences["homeDashboardUID"] == "rytmi-now"
    assert fake.preferences["timezone"] == "utc", "nothing but the first page is changed"
    assert sorted(one["text"] for one in fake.annotations.values()) == sorted(mark.text for mark in MARKS)
    assert all({"rytmi", "strategic"} <= set(one["tags"]) for one in fake.annotations.values())


def test_the_second_time_changes_nothing(fake: FakeGrafana) -> None:
    list(publish(to(fake), PLAN))
    before = json.dumps([fake.sources, fake.folders, fake.boards, fake.playlists, fake.annotations], sort_keys=True)
    fake.writes.clear()
    done = list(publish(to(fake), PLAN))
    assert {one.outcome for one in done} == {"unchanged"}
    assert fake.writes == []
    assert (
        json.dumps([fake.sources, fake.folders, fake.boards, fake.playlists, fake.annotations], sort_keys=True)
        == before
    )
    assert list(differences(to(fake))) == []
    print(f"published twice: {len(done)} things, none written the second time")


def test_what_somebody_changed_is_shown_and_put_right(fake: FakeGrafana) -> None:
    list(publish(to(fake), PLAN))
    fake.boards["rytmi-now"]["dashboard"]["panels"][0]["title"] = "Mine"
    fake.boards["rytmi-path"]["meta"]["folderUid"] = ""
    fake.sources["rytmi-prometheus"]["url"] = "http://elsewhere:9090"
    fake.folders["rytmi"]["title"] = "Old"
    next(iter(fake.playlists.values()))["items"].pop()
    next(iter(fake.annotations.values()))["text"] = "Mine"
    assert list(differences(to(fake))) == [
        "rytmi-now.panels[0].title: 'Mine' there, 'State · all touchpoints · now' here"
    ]
    done = {one.what: one.outcome for one in publish(to(fake), PLAN)}
    assert [what for what, outcome in done.items() if outcome == "changed"] == [
        "data source Rytmi",
        "folder Rytmi",
        "dashboard Rytmi · Now",
        "dashboard Rytmi · Customer path",
        "playlist Rytmi",
        "2 marks of strategic decisions",
    ]
    assert list(differences(to(fake))) == []
    assert {one.outcome for one in publish(to(fake), PLAN)} == {"unchanged"}


def test_a_grafana_under_a_path_is_reached() -> None:
    with FakeGrafana(under="/grafana") as fake:
        assert len(list(publish(to(fake), Plan(PROMETHEUS)))) == len(UIDS) + 4


def test_a_dashboard_of_somebody_elses_is_not_overwritten(fake: FakeGrafana) -> None:
    theirs = built(screens()[0]) | {"tags": ["shop"], "title": "Sales"}
    fake.boards["rytmi-now"] = {"dashboard": {**theirs, "id": 1, "version": 3}, "meta": {"folderUid": ""}}
    with pytest.raises(Clash, match="another dashboard with the uid rytmi-now: 'Sales'"):
        list(publish(to(fake), PLAN))
    assert fake.boards["rytmi-now"]["dashboard"]["title"] == "Sales"


def test_a_data_source_of_the_same_name_is_a_clash(fake: FakeGrafana) -> None:
    fake.sources["other"] = {"uid": "other", "name": "Rytmi"}
    with pytest.raises(Clash, match="cannot make data source Rytmi: data source with the same name already exists"):
        list(publish(to(fake), PLAN))


def test_a_folder_of_the_same_name_is_a_clash(fake: FakeGrafana) -> None:
    fake.folders["other"] = {"uid": "other", "title": "Rytmi"}
    with pytest.raises(Clash, match=r"cannot make folder Rytmi: .*Rename or remove what is there"):
        list(publish(to(fake), PLAN))


def test_two_playlists_of_our_name_are_a_clash(fake: FakeGrafana) -> None:
    for uid in ("a", "b"):
        fake.playlists[uid] = {"uid": uid, "name": "Rytmi", "interval": "5m", "items": []}
    with pytest.raises(Clash, match="2 playlists called 'Rytmi'"):
        list(publish(to(fake), PLAN))


def test_a_playlist_whose_name_only_contains_ours_is_left_alone(fake: FakeGrafana) -> None:
    fake.playlists["a"] = {"uid": "a", "name": "Rytmi and sales", "interval": "5m", "items": []}
    list(publish(to(fake), PLAN))
    assert fake.playlists["a"]["interval"] == "5m"
    assert len(fake.playlists) == 2


def test_a_provisioned_dashboard_is_refused_in_grafanas_words(fake: FakeGrafana) -> None:
    list(publish(to(fake), PLAN))
    fake.boards["rytmi-now"]["meta"]["provisioned"] = True
    fake.boards["rytmi-now"]["dashboard"]["title"] = "Old"
    with pytest.raises(PublishError, match=r"change dashboard|make dashboard.*Cannot save provisioned dashboard"):
        list(publish(to(fake), PLAN))


def test_a_wrong_token_is_told_and_not_shown(fake: FakeGrafana) -> None:
    done = command(fake.url, "publish", "--no-marks", **{TOKEN_NAME: "glsa_wrong"})
    assert done.exit_code == 1
    assert "does not take the token (401)" in done.output
    assert "RYTMI_GRAFANA_TOKEN_FILE" in done.output
    assert "glsa_wrong" not in done.output
    assert "glsa_wrong" not in repr(Access(fake.url, "glsa_wrong"))


def test_a_token_that_may_not_is_told() -> None:
    with FakeGrafana(role="Editor") as fake, pytest.raises(PublishError, match=r"may not make data source.*role Admin"):
        list(publish(to(fake), PLAN))


def test_an_unreachable_grafana_is_told() -> None:
    port = free_port()
    done = command(f"http://127.0.0.1:{port}", "publish", "--no-marks", **{TOKEN_NAME: "x"})
    assert done.exit_code == 1
    assert f"Grafana cannot be reached at http://127.0.0.1:{port}: " in done.output
    assert "Connection refused" in done.output
    assert "Traceback" not in done.output


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(PublishError, match="is no address of a Grafana"):
        Grafana(Access("grafana:3000", "x"))


@pytest.mark.parametrize(
    ("url", "env", "words"),
    [(None, {}, "RYTMI_GRAFANA_URL: missing"), ("http://127.0.0.1:1", {}, "RYTMI_GRAFANA_TOKEN: missing")],
)
def test_what_is_missing_in_the_environment_is_named(url: str | None, env: dict[str, str], words: str) -> None:
    for name in ("publish", "diff"):
        done = command(url, name, **env)
        assert done.exit_code == 1
        assert words in done.output


def test_the_token_may_stand_in_a_file_and_the_command_says_what_it_did(fake: FakeGrafana, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    arguments = ("publish", "--no-marks", "--no-home")
    first = command(fake.url, *arguments, RYTMI_GRAFANA_TOKEN_FILE=str(path))
    assert first.exit_code == 0, first.output
    assert "created    dashboard Rytmi · Now" in first.output
    assert "8 of 8 changed" in first.output
    assert fake.preferences["homeDashboardUID"] == ""
    second = command(fake.url, *arguments, RYTMI_GRAFANA_TOKEN_FILE=str(path))
    assert "nothing changed" in second.output
    assert command(fake.url, "diff", RYTMI_GRAFANA_TOKEN_FILE=str(path)).exit_code == 0
    fake.boards["rytmi-now"]["dashboard"]["refresh"] = "1m"
    third = command(fake.url, "diff", RYTMI_GRAFANA_TOKEN_FILE=str(path))
    assert third.exit_code == 1
    assert "rytmi-now.refresh: '1m' there, '10s' here" in third.output
