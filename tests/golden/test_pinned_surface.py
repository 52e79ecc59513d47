"""What people and programs outside name: commands, variables, keys of files, web paths, metrics, rules, screens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import click
from click.testing import CliRunner
from pydantic import BaseModel

from dashboards import building
from dashboards.rules import groups
from dashboards.rules.model import Alert
from streams.board.access import Access
from streams.board.identity import Person
from streams.board.sign_in import TOKEN_COOKIE
from streams.cli.main import main
from streams.config.model import ConfigFile
from streams.local.broker.jars import REPOSITORY
from streams.settings import Settings
from tests.board_world import World
from tests.golden.pins import hold
from tests.screens.exported import exported
from tests.unit.test_board import CONFIG, EVENTS, NOW

_NAMED = re.compile(r'(?<!<meta )\b(?:name|action)="([a-z/-]+)"')


def commands(command: click.Command, path: str) -> Iterator[tuple[str, Any]]:
    """Each command, argument and option with all that decides how it is used."""
    yield path, "command"
    context = click.Context(command)
    for one in command.params:
        told = one.to_info_dict()
        kept = {name: told.get(name) for name in ("secondary_opts", "required", "multiple", "is_flag", "envvar")}
        kept["takes"] = told["type"].get("choices") or told["type"]["name"]
        kept["any number"] = one.nargs == -1
        default = one.get_default(context, call=False)
        kept["default"] = (
            str(default) if isinstance(default, str | int | float | Path) and default is not False else None
        )
        name = "/".join(one.opts) if isinstance(one, click.Option) else one.human_readable_name
        yield f"{path} {name}", {about: value for about, value in kept.items() if value not in (None, [], False)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def keys(model: type[BaseModel], path: str) -> Iterator[tuple[str, Any]]:
    """Each key of a file that people write, with its default; what stands below it."""
    for name, field in model.model_fields.items():
        key = f"{path}{field.alias or name}"
        has_own = isinstance(field.default, BaseModel)  # each key below it has its own
        yield key, "required" if field.is_required() else "(below)" if has_own else repr(field.default)
        for below in models(field.annotation):
            yield from keys(below, f"{key}.")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


class Asked(dict[str, str]):
    """An environment that notes what is asked of it."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def test_commands_and_their_options_are_as_ever(rewrite_golden: bool) -> None:
    hold("commands", dict(commands(main, "rytmi")), rewrite_golden)


def test_variables_are_as_ever(rewrite_golden: bool) -> None:
    given = {
        "RYTMI_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "RYTMI_KAFKA_SASL_USERNAME": "u",
        "RYTMI_KAFKA_SASL_PASSWORD": "p",
    }
    asked = Asked(given)
    settings = Settings.from_env(asked)
    Access(asked)
    facts: dict[str, Any] = dict.fromkeys(sorted(asked.names), "is read")
    facts[REPOSITORY] = "is read"
    facts["mechanism where none is named"] = settings.security.sasl_mechanism
    plain, named = Settings.from_env({}), Settings.from_env({"RYTMI_KAFKA_BOOTSTRAP": "a:1"})
    facts |= {"application": plain.application, "prefix": plain.topic_prefix, "home": str(plain.home)}
    facts |= {"partitions": plain.partitions, "prometheus": plain.grafana.prometheus_url}
    facts |= {"replication": plain.replication, "replication of a cluster": named.replication}
    hold("variables", facts, rewrite_golden)


def test_keys_of_files_are_as_ever(rewrite_golden: bool) -> None:
    hold("keys", dict([*keys(ConfigFile, "rytmi.yaml "), *keys(Person, "people ")]), rewrite_golden)


def test_metrics_rules_and_screens_are_as_ever(rewrite_golden: bool) -> None:
    facts: dict[str, Any] = {f"metric {name}": sorted(found) for name, found in sorted(exported().items())}
    for group in groups():
        for rule in group.rules:
            if isinstance(rule, Alert):
                facts[f"alert {rule.name}"] = [
                    group.name,
                    rule.severity,
                    rule.lasts,
                    rule.holds,
                    rule.page,
                    rule.labels,
                ]
            else:
                facts[f"record {rule.name}"] = group.name
    for path, text in building.files().items():
        facts[f"screen {json.loads(text)['uid']}"] = path.name
    hold("metrics", facts, rewrite_golden)


def test_exit_codes_are_as_ever(rewrite_golden: bool) -> None:
    asked = {"help": ["--help"], "no such command": ["nothing"], "no such option": ["cases", "--nothing"]}
    asked["the user's to mend"] = ["config", "check", "--config", "there/is/none.yaml"]
    facts = {about: CliRunner().invoke(main, words).exit_code for about, words in asked.items()}
    hold("exits", facts, rewrite_golden)


def test_board_answers_at_its_addresses_as_ever(tmp_path: Path, rewrite_golden: bool) -> None:
    client = World(tmp_path, CONFIG, {}, EVENTS, NOW).client()
    facts: dict[str, Any] = {}
    for page in ("/", "/cases/K-1", "/me", "/people/anna", "/units", "/units/net", "/audit", "/sign-in", "/nothing"):
        answer = client.get(page)
        facts[f"GET {page}"] = [answer.status_code, sorted(set(_NAMED.findall(answer.text)))]
    facts["GET /health"] = sorted(client.get("/health").json())
    facts["GET /events"] = client.get("/events?case=nothing").status_code
    for chosen in ("lang=fi", "theme=dark"):
        answer = client.get(f"/preferences?{chosen}&back=/me", follow_redirects=False)
        facts[f"GET /preferences?{chosen}"] = [answer.status_code, answer.headers["location"], *answer.cookies]
    for form in ("/actions", "/sign-in", "/sign-out"):
        answer = client.post(form, data={"case": "K-1", "kind": "nothing"}, follow_redirects=False)
        facts[f"POST {form}"] = answer.status_code
    facts["cookie of a token"] = TOKEN_COOKIE
    hold("board-pages", facts, rewrite_golden)
