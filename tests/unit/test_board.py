# ruff: noqa: RUF001 - dashes and minus signs as the pages have them
"""The board without a cluster: who may see and do what, what hostile input does, and what two people do at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from processors.canonical import instant
from processors.events import Action, Event, Feedback, Obstacle
from streams.board import store as tables
from streams.board.access import Access
from streams.board.identity import AccessError, day, hashed, new_token
from streams.board.projection import ALARM
from streams.board.words import LANGUAGES, preferred
from streams.config import parse
from streams.language.outside import plain
from tests.board_world import CODEC, World

HOUR = 3_600_000
NOW = instant("2026-03-02T10:00:00+02:00")
CONFIG = parse(
    {
        "timezone": "Europe/Helsinki",
        "units": [{"id": "net", "supervisor": "sam", "leader": "coo"}, {"id": "shop", "supervisor": "sue"}],
        "touchpoints": [{"id": "web", "unit": "net"}, {"id": "desk", "unit": "shop"}],
        "policies": [
            {
                "name": "all",
                "targets": {"acknowledge": "1h", "decide": "4h", "resolve": "5d", "tell": "1d"},
                "pausable": ["resolve"],
            }
        ],
    }
)
EVENTS: tuple[Event, ...] = (
    Feedback("f1", NOW - 3 * HOUR, "K-1", "web", "critical", score=2.0, scale="nps", emotion=-0.5),
    Feedback("f2", NOW - HOUR // 2, "K-2", "desk", "normal"),
    Feedback("f3", NOW - 9 * HOUR, "K-3", "web", "high", emotion=0.25),
    Action("a3", NOW - 8 * HOUR, "K-3", "assigned", owner="bob"),
    Action("c3", NOW - 2 * HOUR, "K-3", "closed", actor="bob"),
)
SCRIPT = '<script>alert("x")</script>'
TURNED = "\u202egnp.exe\u2066"
HOSTILE = f"{SCRIPT}{TURNED}'\"{{{{7*7}}}} %s {{n}}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, CONFIG, {}, EVENTS, NOW)


class Doors:
    """A file of people, and their tokens."""

    def __init__(self, home: Path) -> None:
        self.path = home / "people.yaml"
        self.tokens: dict[str, str] = {}
        self._people: dict[str, dict[str, Any]] = {}
        self.add("lea", "leader", [])
        self.add("uma", "unit", ["net"])
        self.add("vic", "viewer", ["shop"])
        self.add("old", "leader", [], expires=day(NOW) - timedelta(days=1))
        self.env = {"RYTMI_BOARD_PEOPLE": str(self.path), "RYTMI_BOARD_PROXIES": "10.1.0.0/16"}

    def add(self, name: str, role: str, units: list[str], expires: date | None = None) -> None:
        self.tokens[name] = new_token()
        tokens = [{"sha256": hashed(self.tokens[name]), "expires": expires}]
        self._people[name] = {"name": name, "role": role, "units": units, "tokens": tokens}
        self.write()

    def drop(self, name: str) -> None:
        del self._people[name]
        self.write()

    def write(self) -> None:
        self.path.write_text(yaml.safe_dump(list(self._people.values())))


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


@pytest.fixture
def guarded(tmp_path: Path, doors: Doors) -> World:
    return World(tmp_path, CONFIG, doors.env, EVENTS, NOW)


def form_of(client: TestClient, case: str, kind: str, **more: str) -> dict[str, str]:
    """The form as the case's page has it."""
    text = client.get(f"/cases/{case}").text
    sign = re.search(r'name="form" value="([0-9a-f]*)"', text)
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    return {"form": sign[1] if sign else "", "seen": seen[1] if seen else "", "case": case, "kind": kind, **more}


PAGES = ("/", "/?unit=net&owner=-&severity=critical&soon=7d&find=K", "/cases/K-1", "/cases/K-3", "/me", "/people/bob",
         "/units", "/units/net", "/units/other", "/audit", "/sign-in")  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "fi"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_whole_without_a_script_and_carries_what_guards_it(world: World, page: str, lang: str) -> None:
    answer = world.client().get(page, headers={"accept-language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}"' in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?! src=)|\son\w+=|style=|javascript:", answer.text)
    part = world.client().get(page, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert ("<html" in part.text) == (page == "/sign-in")


def test_every_language_says_everything_with_the_same_values() -> None:
    english, finnish = (LANGUAGES[code].sentences for code in ("en", "fi"))
    assert english.keys() == finnish.keys()
    for key, sentence in english.items():
        assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", finnish[key])), key
    assert preferred("sv, fi;q=0.9, en;q=0.5") == "fi"
    assert preferred("x" * 9_999 + ";q=, ;;") == "en"


def test_overdue_and_soon_due_cases_stand_apart_with_both_waits(world: World) -> None:
    text = world.client().get("/").text
    late, soon = text.index('id="overdue"'), text.index('id="soon"')
    assert late < text.index("o-K-1") < soon < text.index("s-K-2")
    assert "Overdue 2 h" in text[late:soon]
    assert re.search(r'Customer has waited">3 h', text)
    assert 'href="/?unit=net' in text
    assert 'href="/?owner=-' in text
    only = world.client().get("/?unit=shop").text
    assert "K-1" not in only
    assert "K-2" in only


def test_critical_cases_come_before_those_that_are_overdue_for_longer(tmp_path: Path) -> None:
    longer = (
        Feedback("f4", NOW - 9 * HOUR, "K-4", "web", "normal"),
        Feedback("f5", NOW - HOUR - 1, "K-5", "web", "normal"),
    )
    sooner = (Feedback("f6", NOW - HOUR // 4, "K-6", "web", "critical"),)
    text = World(tmp_path, CONFIG, {}, (*EVENTS, *longer, *sooner), NOW).client().get("/").text
    shown = re.findall(r'id="([os])-(K-\d)"', text)
    assert shown == [("o", "K-1"), ("o", "K-4"), ("o", "K-5"), ("s", "K-6"), ("s", "K-2"), ("s", "K-3")]


def test_action_is_the_event_that_everybody_sends_and_is_under_way_until_it_comes_back(world: World) -> None:
    client = world.client()
    answer = client.post("/actions", data=form_of(client, "K-1", "take"), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/K-1")
    (action,), (audit,) = world.cluster.actions, world.cluster.audits
    assert action[2:] == ("K-1", "assigned", "anna", "anna", None, None, None, True)
    assert (audit["outcome"], audit["actor"], audit["action"]) == ("asked", "anna", action.id)
    assert "anna takes the case: on its way" in client.get("/cases/K-1").text
    assert "Take the case" in client.get("/cases/K-1").text  # nothing is shown as done before
    world.happened.append(action)
    world.fold()
    text = client.get("/cases/K-1").text
    assert "on its way" not in text
    assert "The case is yours." in text
    assert "anna took the case." in text
    assert "Sent" in client.get("/audit").text


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("assign", {"owner": "sam"}, Action("", 0, "K-1", "assigned", "anna", "sam")),
        ("pause", {"cause": "carrier"}, Action("", 0, "K-1", "paused", "anna", cause="carrier")),
        ("tell", {}, Action("", 0, "K-1", "told", "anna")),
        ("close", {"cause": "stock", "done": "sent anew"}, Action("", 0, "K-1", "closed", "anna", cause="stock")),
    ],
)
def test_each_action_is_sent_and_shown_when_it_comes_back(
    world: World, kind: str, more: dict[str, str], expected: Action
) -> None:
    client = world.client()
    assert client.post("/actions", data=form_of(client, "K-1", kind, **more)).status_code == 200
    (action,) = world.cluster.actions
    assert action._replace(id="", at=0) == expected
    assert world.cluster.audits[0]["done"] == more.get("done")
    assert "on its way" in client.get("/cases/K-1").text
    world.happened.append(action)
    world.fold()
    assert "on its way" not in client.get("/cases/K-1").text
    if kind == "pause":
        assert client.post("/actions", data=form_of(client, "K-1", "resume")).status_code == 200
        assert world.cluster.actions[-1].kind == "resumed"


def test_of_two_who_take_a_case_at_once_the_second_is_told_who_has_it(guarded: World, doors: Doors) -> None:
    first, second = guarded.client(doors.tokens["uma"]), guarded.client(doors.tokens["lea"])
    forms = [form_of(client, "K-1", "take") for client in (first, second)]
    assert first.post("/actions", data=forms[0]).status_code == 200
    answer = second.post("/actions", data=forms[1])
    assert answer.status_code == 409
    assert "uma was faster: the case is on its way to uma." in answer.text
    assert len(guarded.cluster.actions) == 1
    guarded.happened += guarded.cluster.actions
    guarded.fold()
    late = second.post("/actions", data=forms[1])
    assert late.status_code == 409
    assert "uma has the case meanwhile." in late.text
    assert [audit["outcome"] for audit in guarded.cluster.audits] == ["asked", "refused", "refused"]
    over = second.post("/actions", data=form_of(second, "K-1", "take"), follow_redirects=False)
    assert over.status_code == 303  # with open eyes it may be taken over


def test_many_threads_that_take_a_case_send_one_action(tmp_path: Path, doors: Doors) -> None:
    for number in range(8):
        doors.add(f"t{number}", "unit", ["net"])
    world = World(tmp_path, CONFIG, doors.env, EVENTS, NOW)
    clients = [world.client(doors.tokens[f"t{number}"]) for number in range(8)]
    forms = [form_of(client, "K-1", "take") for client in clients]
    start = threading.Barrier(8)
    found: list[int] = []

    def take(client: TestClient, form: dict[str, str]) -> None:
        start.wait(20)
        found.append(client.post("/actions", data=form, follow_redirects=False).status_code)

    threads = [threading.Thread(target=take, args=pair) for pair in zip(clients, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [303] + [409] * 7
    assert len(world.cluster.actions) == 1


@pytest.mark.parametrize(
    ("case", "kind", "more", "status", "words"),
    [
        ("K-1", "assign", {"owner": "nobody-such"}, 422, "Nobody called nobody-such works on cases of this unit."),
        ("K-1", "assign", {"owner": SCRIPT}, 422, "Nobody called &lt;script&gt;"),
        ("K-1", "assign", {}, 422, "Say whom to assign it to."),
        ("K-1", "pause", {"cause": " \u202e "}, 422, "Say the cause"),
        ("K-1", "pause", {"cause": "x" * 10_000}, 422, "10000 letters are too many: 300 at most."),
        ("K-1", "close", {"cause": "stock"}, 422, "Say what was done."),
        ("K-1", "resume", {}, 409, "The case is not paused."),
        ("K-3", "take", {}, 409, "The case is no longer open."),
        ("K-3", "assign", {"owner": "sam"}, 409, "The case is no longer open."),
        ("K-1", "delete", {}, 422, "There is no such action."),
        ("K-404", "take", {}, 404, "There is no case K-404 here."),
        (SCRIPT, "take", {}, 404, "There is no case &lt;script&gt;"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(
    world: World, case: str, kind: str, more: dict[str, str], status: int, words: str
) -> None:
    client = world.client()
    form = form_of(client, "K-1", kind, **more) | {"case": case}
    if case == "K-3":
        form["seen"] = "bob"
    answer = client.post("/actions", data=form)
    assert (answer.status_code, world.cluster.actions) == (status, [])
    assert words in answer.text
    assert SCRIPT not in answer.text


def test_what_cannot_be_sent_is_not_done_and_says_so(world: World) -> None:
    client = world.client()
    world.cluster.answers = False
    answer = client.post("/actions", data=form_of(client, "K-1", "take"))
    assert answer.status_code == 503
    assert "Nothing was done; try again." in answer.text
    world.cluster.answers = True
    again = client.post("/actions", data=form_of(client, "K-1", "take"), follow_redirects=False)
    assert again.status_code == 303
    assert "taking, which could not be sent" in client.get("/cases/K-1").text


@pytest.mark.parametrize("text", [HOSTILE, "\u2067" * 300 + "x", "x" * 1_000, "𝔘\u0301" * 40, "a/../..//b?c#d&e"])
def test_hostile_text_in_every_field_is_shown_and_does_nothing(tmp_path: Path, text: str) -> None:
    events = [
        Feedback("f", NOW - 3 * HOUR, text, "web", "critical", channel=text, segment=text, text=text),
        Action("a", NOW - 2 * HOUR, text, "assigned", actor=text, owner=text, cause=text),
        Obstacle("o", NOW - 2 * HOUR, text, "raised", "web", text, (text,), text),
    ]
    world = World(tmp_path, CONFIG, {}, events, NOW)
    alarm = dict.fromkeys(("share", "after_ms", "due_at", "received_at", "last_kind"))
    alarm |= {"id": text, "about": "clock", "kind": "raised", "level": "breach", "step": 0, "case": text, "cycle": 1}
    alarm |= {"clock": "decide", "at": NOW - HOUR, "announced_at": NOW - HOUR, "unit": "net", "touchpoint": "web"}
    alarm |= {"severity": "critical", "owner": text, "to": "owner", "recipient": text, "reason": None}
    window = {"measure": "friction", "labels": {"touchpoint": "web", "cause": text}, "window": "1d", "at": NOW}
    window |= {"values": {"standing_now": 1.0, "standing_mean": 0.5, "removal_p50_s": None}}
    with world.store.writing() as to:
        tables.put_said(to, ALARM, 0, 0, text, CODEC.encode("alarm", alarm))
        tables.put_alarm(to, alarm)
        tables.put_window(to, "w", window)
    client = world.client()
    link = re.search(r'href="(/cases/[^"]*)"', client.get("/").text)
    assert link is not None
    shown = [client.get(page) for page in (link[1], "/", "/me", f"/people/{'x' * 9_000}", "/units/net", "/audit")]
    assert [answer.status_code for answer in shown] == [200, 200, 200, 404, 200, 200]
    for answer in shown:
        assert "<script>alert" not in answer.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", re.sub(r'(value|id)="[^"]*"', "", answer.text))
    form = {"form": re.search(r'name="form" value="([0-9a-f]*)"', shown[0].text)[1]}  # type: ignore[index]
    form |= {"case": text, "kind": "pause", "seen": text, "cause": text[:300]}
    assert client.post("/actions", data=form, follow_redirects=False).status_code in {303, 422}


def test_names_are_shown_without_what_turns_text_around() -> None:
    assert plain(TURNED) == "gnp.exe"
    assert plain("a\x00b\r\nc" + "d" * 100, 10) == "ab cddddd…"


# -- who may


def test_without_configuration_the_board_is_on_loopback_only() -> None:
    open_board = Access({}, "anna")
    open_board.check_address("127.0.0.1")
    with pytest.raises(AccessError, match=r"listens on loopback only, not on 0\.0\.0\.0"):
        open_board.check_address("0.0.0.0")  # noqa: S104 - what is refused


def test_name_of_another_site_that_leads_to_this_machine_is_refused(world: World) -> None:
    assert world.client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_nobody_enters_without_a_token_and_an_expired_or_unknown_one_is_told(guarded: World, doors: Doors) -> None:
    assert "Say who you are." in guarded.client().get("/cases/K-1").text
    for token, words in ((doors.tokens["old"], "This token has expired."), ("rytmi_x", "This token is not known.")):
        for answer in (
            guarded.client(token).get("/"),
            guarded.client().post("/sign-in", data={"token": token}),
            guarded.client().get("/", headers={"authorization": f"Bearer {token}"}),
        ):
            assert answer.status_code == 401
            assert words in answer.text
            assert "K-1" not in answer.text
    assert guarded.client(doors.tokens["old"]).get("/events").status_code == 401
    assert guarded.client().post("/actions", data={"case": "K-1", "kind": "take"}).status_code == 401


def test_signing_in_leads_on_to_where_one_was_going_and_to_no_other_place(guarded: World, doors: Doors) -> None:
    client = guarded.client()
    assert 'name="back" value="/cases/K-1"' in client.get("/cases/K-1").text
    for back, leads in (("/cases/K-1", "/cases/K-1"), ("//evil.example", "/"), ("https://evil.example", "/")):
        form = {"token": doors.tokens["lea"], "back": back}
        answer = client.post("/sign-in", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, leads)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
    left = client.post("/sign-out")
    assert "You are signed out." in left.text
    assert client.get("/").status_code == 401


def test_header_of_a_proxy_counts_from_its_address_alone(guarded: World) -> None:
    lea = {"x-forwarded-user": "lea"}
    assert guarded.client(peer="10.1.2.3").get("/", headers=lea).status_code == 200
    for peer in ("10.2.0.1", "127.0.0.1", "::1", "testclient"):
        forged = guarded.client(peer=peer).get("/", headers={**lea, "x-forwarded-for": "10.1.2.3"})
        assert forged.status_code == 401
        assert "K-1" not in forged.text
    unknown = guarded.client(peer="10.1.2.3").get("/", headers={"x-forwarded-user": "mallory"})
    assert "not known to the board" in unknown.text


def test_viewer_of_one_unit_neither_sees_nor_acts_on_another(guarded: World, doors: Doors) -> None:
    viewer = guarded.client(doors.tokens["vic"])
    for page in ("/", "/units", "/units/shop", "/?unit=net", "/?find=K", "/me"):
        answer = viewer.get(page)
        assert answer.status_code == 200
        assert "K-1" not in answer.text
        assert 'href="/units/net"' not in answer.text
    for page, status in (("/cases/K-1", 404), ("/units/net", 404), ("/people/bob", 403), ("/audit", 403)):
        assert viewer.get(page).status_code == status
    assert viewer.get("/events?case=K-1").status_code == 404
    assert viewer.get("/events?unit=net").status_code == 404
    form = form_of(viewer, "K-2", "take")
    sign = guarded.board.csrf.token(guarded.board.access.identify(None, {}, doors.tokens["vic"], day(NOW)))
    assert viewer.post("/actions", data=form | {"form": sign, "case": "K-1"}).status_code == 404
    refused = viewer.post("/actions", data=form | {"form": sign})
    assert refused.status_code == 403
    assert "not act on it" in refused.text
    member = guarded.client(doors.tokens["uma"])
    assert member.post("/actions", data=form_of(member, "K-1", "take") | {"case": "K-2"}).status_code == 404
    assert guarded.cluster.actions == []
    assert [(one["actor"], one["case"], one["outcome"]) for one in guarded.cluster.audits] == [
        ("vic", "K-2", "refused")
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_form_of_another_site_does_nothing(guarded: World, doors: Doors, headers: dict[str, str]) -> None:
    client = guarded.client(doors.tokens["uma"])
    form = form_of(client, "K-1", "take")
    assert client.post("/actions", data=form, headers=headers).status_code == 403
    assert client.post("/actions", data=form | {"form": ""}).status_code == 403
    assert client.post("/actions", data=form | {"form": "é" * 64}).status_code == 403
    other = guarded.client(doors.tokens["lea"])
    assert other.post("/actions", data=form).status_code == 403  # somebody else's form
    assert client.post("/actions", content=b"a" * 70_000).status_code == 413
    assert client.post("/actions", content=b"&=" * 500).status_code == 413
    assert guarded.cluster.actions == []


def test_whoever_sends_a_token_with_each_request_needs_no_form(guarded: World, doors: Doors) -> None:
    client = guarded.client()
    client.headers["authorization"] = f"Bearer {doors.tokens['uma']}"
    form = {"case": "K-1", "kind": "take", "seen": ""}
    assert client.post("/actions", data=form, follow_redirects=False).status_code == 303


def test_whoever_is_taken_out_of_the_file_is_out_and_a_broken_file_changes_nothing(
    guarded: World, doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    client = guarded.client(doors.tokens["uma"])
    who = guarded.board.access.identify(None, {}, doors.tokens["uma"], day(NOW))
    assert guarded.board.access.still(who, day(NOW))
    kept = doors.path.read_text()
    doors.path.write_text("- {name: 7")
    assert client.get("/").status_code == 200
    assert "the people are as they were" in caplog.text
    doors.path.write_text(kept)
    doors.drop("uma")
    assert client.get("/").status_code == 401
    assert not guarded.board.access.still(who, day(NOW))


def test_preferences_are_kept_and_lead_nowhere_else(world: World) -> None:
    client = world.client()
    answer = client.get("/preferences?lang=fi&theme=dark&back=//evil.example", follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert '<html lang="fi" data-theme="dark">' in client.get("/").text
    client.get("/preferences?lang=xx&theme=pink")
    assert '<html lang="fi" data-theme="dark">' in client.get("/").text


# -- what people's cases produce


def test_reaction_times_count_those_who_still_wait(tmp_path: Path) -> None:
    day = 24 * HOUR
    events: list[Event] = []
    for number in range(10):  # three answered within an hour, seven wait since ten days
        case = f"C-{number}"
        events.append(Feedback(f"f{number}", NOW - 10 * day, case, "web", "low", emotion=-0.5 if number else 0.5))
        events.append(Action(f"o{number}", NOW - 10 * day + 1, case, "assigned", owner="bob"))
        if number < 3:
            events.append(Action(f"c{number}", NOW - 10 * day + HOUR, case, "closed", actor="bob"))
    client = World(tmp_path, CONFIG, {}, events, NOW).client()
    text = " ".join(client.get("/people/bob").text.split())
    closing = text[text.index("Closing</th>") : text.index("</tr>", text.index("Closing</th>"))]
    assert re.findall(r'data-label="(?:Started|Still wait|Median)">([^<]+)<', closing) == ["10", "7", "–"]
    assert "−0.40" in text
    assert "90%" in text
    assert client.get("/people/nobody-such").status_code == 404


def test_story_holds_what_was_announced_and_what_was_taken_back(world: World) -> None:
    alarm = dict.fromkeys(("share", "after_ms", "due_at", "received_at", "last_kind", "recipient", "owner", "to"))
    alarm |= {"id": "x", "about": "clock", "kind": "raised", "level": "breach", "step": 0, "case": "K-1", "cycle": 1}
    alarm |= {"clock": "decide", "at": NOW - HOUR, "announced_at": NOW - HOUR, "unit": "net", "reason": None}
    back = alarm | {"kind": "retracted", "reason": "late_event", "announced_at": NOW - HOUR // 2}
    with world.store.writing() as to:
        for offset, one in enumerate((alarm, back)):
            tables.put_said(to, ALARM, 0, offset, "K-1", CODEC.encode("alarm", one))
            tables.put_alarm(to, one)
    text = world.client().get("/cases/K-1").text
    story = text[text.index('class="line"') : text.index("</ol>")]
    assert story.index("Decision: overdue, told to") < story.index("Decision: alarm retracted, overdue")
    assert story.index("Now") < story.index("Closing is due.")
    assert "No alarm stands." in world.client().get("/units/net").text


def test_events_wake_only_whom_they_concern(world: World) -> None:
    from streams.board.hub import concerns

    leader = world.board.access.identify(None, {}, None, day(NOW))
    viewer = leader.__class__("v", "viewer", ("shop",), None)
    changed = frozenset({("case", "K-1"), ("unit", "net")})
    said: list[Callable[[Any], bool]] = [concerns(leader, None, None), concerns(leader, "K-1", None)]
    assert all(one(changed) for one in said)
    assert not concerns(viewer, None, None)(changed)
    assert not concerns(leader, "K-2", None)(changed)
    assert concerns(leader, None, "net")(frozenset({("windows", "")}))
