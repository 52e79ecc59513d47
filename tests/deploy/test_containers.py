"""compose.yaml, the Dockerfile and the manifests as files: what they name is there, pinned, and not open to others.

No container engine is at hand, so nothing is started here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from streams.cli.main import main
from streams.config import load
from streams.local.broker import jars

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("rytmi:")}
MANIFESTS = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    if path.name not in ("kustomization.yaml", "rytmi.yaml")
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))
OF_ANOTHER_VERSION = {"board"}
"""Commands that this version may not have yet."""


def _listens(service: str) -> set[int]:
    """Ports at which a service listens."""
    known = {"kafka": {9092, 9093, 9094}, "prometheus": {9090}, "alertmanager": {9093}, "grafana": {3000}}
    command = SERVICES[service].get("command", [])
    return known.get(service) or {int(value) for flag, value in pairwise(command) if flag == "--port"}


def _binds() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            if isinstance(volume, dict):
                yield name, volume


@pytest.mark.parametrize("name", SERVICES)
def test_image_is_named_by_version(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].rpartition(":")
    assert re.fullmatch(r"v?\d+\.\d+\.\d+", tag), SERVICES[name]["image"]


def test_broker_in_a_container_is_the_one_that_tests_run_on() -> None:
    (ours,) = {jar.version for jar in jars.listed() if jar.artifact == "kafka-clients"}
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{ours}"


def test_images_of_the_dockerfile_are_named_by_version_and_what_it_copies_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm", image)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, f"{source} is not let into the build"
    assert re.search(r"^USER 10001$", text, re.MULTILINE), "not as root"
    assert "--require-hashes" in text


def test_ports_are_on_loopback_and_one_each() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert len({port.split(":")[1] for port in published}) == len(published) >= 5
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert int(port.rpartition(":")[2]) in _listens(name), f"{name} does not listen at {port}"


def test_what_is_mounted_is_there_and_read_only() -> None:
    assert sum(1 for _ in _binds()) > 8
    for name, volume in _binds():
        source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume["source"])
        assert (DEPLOY / source).exists(), f"{name}: {source}"
        assert volume["read_only"], f"{name}: {source}"


def test_volumes_and_secrets_are_declared_and_used() -> None:
    named = {
        volume.split(":")[0]
        for one in SERVICES.values()
        for volume in one.get("volumes", [])
        if isinstance(volume, str)
    }
    assert named == set(COMPOSE["volumes"])
    assert {name for one in SERVICES.values() for name in one.get("secrets", [])} == set(COMPOSE["secrets"])
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8")
    assert "deploy/secrets/" in ignored
    assert all(one["file"].startswith("./secrets/") for one in COMPOSE["secrets"].values())


def test_secrets_are_only_read_from_files() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|TOKEN", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_nobody_waits_for_what_never_comes() -> None:
    for name, service in SERVICES.items():
        waited = service.get("depends_on", {})
        for other in waited:
            assert other in SERVICES, f"{name} waits for {other}"
            condition = waited[other]["condition"] if isinstance(waited, dict) else "service_started"
            if condition == "service_healthy":
                assert "healthcheck" in SERVICES[other]
            if condition == "service_completed_successfully":
                assert SERVICES[other]["restart"] == "no"


def _addresses() -> Iterator[tuple[str, str, int]]:
    for name, service in SERVICES.items():
        for value in service.get("environment", {}).values():
            for host, port in re.findall(r"(?:^|//|@|,)([a-z][a-z0-9-]*):(\d+)", str(value)):
                yield name, host, int(port)
    for path in sorted((DEPLOY / "compose" / "targets").glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for target in group["targets"]:
                host, _, port = target.rpartition(":")
                yield path.name, host, int(port)
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/rytmi.yaml").read_text(encoding="utf-8"))
    for source in sources["datasources"]:
        host, _, port = source["url"].removeprefix("http://").rpartition(":")
        yield "data source", host, int(port)


def test_addresses_are_those_of_services_that_listen_there() -> None:
    found = [one for one in _addresses() if one[1] != "127.0.0.1"]
    assert {host for _, host, _ in found} == {"kafka", "alertmanager", "worker-1", "worker-2", "prometheus"}
    for name, host, port in found:
        assert port in _listens(host), f"{name}: {host}:{port}"


def test_prometheus_is_told_of_every_worker() -> None:
    workers = {f"{name}:6066" for name, one in OURS.items() if one["command"][0] == "worker"}
    (group,) = json.loads((DEPLOY / "compose/targets/workers.json").read_text(encoding="utf-8"))
    assert set(group["targets"]) == workers
    mounted = {volume["target"] for name, volume in _binds() if name == "prometheus"}
    asked = re.findall(r"targets/(\w+)\*", (DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert "/etc/prometheus/targets" in mounted
    assert {path.stem for path in (DEPLOY / "compose/targets").glob("*.json")} == set(asked)


def _commands() -> Iterator[tuple[str, list[str]]]:
    for name, service in OURS.items():
        yield f"compose: {name}", service["command"]
    for document, template in _templates():
        for container in template["spec"]["containers"]:
            yield f"kubernetes: {document['metadata']['name']}", container["args"]


def test_commands_are_commands_of_rytmi_and_their_options_options() -> None:
    seen = 0
    for where, arguments in _commands():
        context = click.Context(main)
        if main.get_command(context, arguments[0]) is None:  # type: ignore[attr-defined]
            assert arguments[0] in OF_ANOTHER_VERSION, where
            continue
        command, rest = main, list(arguments)
        while isinstance(command, click.Group):
            found = command.get_command(context, rest.pop(0))
            assert found is not None, where
            command = found
        command.make_context(arguments[0], rest)  # raises on what it does not know
        seen += 1
    assert seen >= 5


def test_variables_are_read_by_rytmi() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "streams").rglob("*.py"))
    named = {name for one in OURS.values() for name in one["environment"]}
    named |= {
        entry["name"]
        for _, template in _templates()
        for c in template["spec"]["containers"]
        for entry in c.get("env", [])
    }
    named |= {line.partition("=")[0] for one in KUSTOMIZATION["configMapGenerator"] for line in one.get("literals", [])}
    assert len(named) > 8
    for name in named:
        known = name.removesuffix("_FILE") in source
        assert known or name.startswith("RYTMI_BOARD"), f"nothing reads {name}"


def _templates() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Documents that make pods, with what they make."""
    for document in MANIFESTS:
        spec = document["spec"]
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield document, spec["template"]


def test_manifests_name_what_there_is() -> None:
    for name in KUSTOMIZATION["resources"]:
        assert (DEPLOY / "kubernetes" / name).is_file()
    configured = {one["name"] for one in KUSTOMIZATION["configMapGenerator"]}
    for document, template in _templates():
        volumes = {volume["name"]: volume for volume in template["spec"].get("volumes", [])}
        for volume in volumes.values():
            if "configMap" in volume:
                assert volume["configMap"]["name"] in configured
        for container in template["spec"]["containers"]:
            assert container["image"] in {one["name"] for one in KUSTOMIZATION["images"]}
            assert {mount["name"] for mount in container.get("volumeMounts", [])} <= set(volumes)
            assert {one["configMapRef"]["name"] for one in container["envFrom"]} <= configured
        selector = document["spec"].get("selector", {}).get("matchLabels")
        if selector is not None:
            assert selector.items() <= template["metadata"]["labels"].items()
    worker = next(template for document, template in _templates() if document["kind"] == "Deployment")
    for document in MANIFESTS:
        if document["kind"] in ("Service", "PodDisruptionBudget"):
            selector = document["spec"]["selector"]
            assert selector.get("matchLabels", selector).items() <= worker["metadata"]["labels"].items()


def test_pods_are_not_root_write_nothing_and_are_asked_at_pages_that_there_are() -> None:
    pages = (ROOT / "streams" / "worker" / "web.py").read_text(encoding="utf-8")
    for _, template in _templates():
        assert template["spec"]["securityContext"]["runAsNonRoot"]
        for container in template["spec"]["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert container["resources"]["limits"]["memory"]
            for probe in ("livenessProbe", "readinessProbe"):
                if probe in container:
                    assert f'"{container[probe]["httpGet"]["path"]}"' in pages


def test_the_organisation_of_the_manifests_is_the_example() -> None:
    assert load(DEPLOY / "kubernetes" / "rytmi.yaml").raw == load(ROOT / "examples" / "rytmi.yaml").raw
