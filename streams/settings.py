"""How to reach Kafka, what the topics are called, which secrets are used: everything that comes from the environment.

What the organisation is (touchpoints, policies, calendars) is in `rytmi.yaml`; nothing secret is ever there. A secret
can stand in a file instead: `NAME_FILE` names a file whose content is taken, less the white space at its ends.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streams import UserError

DEFAULT_HOME = ".rytmi"
_LEGAL_NAME = re.compile(r"[A-Za-z0-9._-]*")
_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


class SettingsError(UserError):
    """A variable of the environment is missing or not what it should be."""


@dataclass(frozen=True)
class Security:
    """How connections to Kafka are secured; PLAINTEXT is for loopback and for closed networks."""

    protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    ssl_ca: str | None = None  # path of a PEM file; None: the system's authorities

    def client(self) -> dict[str, str]:
        """As librdkafka wants it."""
        named = {
            # librdkafka compares it in the locale's letters, and in Turkish ones PLAINTEXT is not plaintext.
            "security.protocol": self.protocol.lower(),
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": self.sasl_password,
            "ssl.ca.location": self.ssl_ca,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class AlertmanagerAccess:
    """How Alertmanager knows us: by name and password, or by a token. ca: a file of certificates to trust."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    ca: str | None = None


@dataclass(frozen=True)
class GrafanaAccess:
    """Where screens are published, as whom, and where Grafana finds Prometheus. ca: a file of certificates to trust."""

    url: str | None = None
    token: str | None = field(default=None, repr=False)
    ca: str | None = None
    prometheus_url: str = "http://127.0.0.1:9090"


@dataclass(frozen=True)
class Settings:
    kafka_bootstrap: str | None = None  # None: the local broker of `home`
    security: Security = Security()
    schema_registry_url: str | None = None  # None: single-object encoding, no registry
    application: str = "rytmi"  # consumer group, prefix of transactional ids and changelogs
    topic_prefix: str = ""
    partitions: int = 4
    replication: int = 1
    home: Path = Path(DEFAULT_HOME)
    configured_pseudonym_key: str | None = field(default=None, repr=False)
    alertmanager_urls: tuple[str, ...] = ()  # all of one cluster; none: alarms stay in their topic
    alertmanager_access: AlertmanagerAccess = AlertmanagerAccess()
    grafana: GrafanaAccess = GrafanaAccess()
    case_url: str | None = None  # where people look at a case, with {case} in it
    runbook_url: str | None = None  # where people read what to do, with {page} in it

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Raises SettingsError naming the variable."""
        bootstrap = _value(env, "RYTMI_KAFKA_BOOTSTRAP")
        return cls(
            kafka_bootstrap=bootstrap,
            security=_security(env),
            schema_registry_url=_value(env, "RYTMI_SCHEMA_REGISTRY_URL"),
            application=_name(env, "RYTMI_APPLICATION", "rytmi"),
            topic_prefix=_name(env, "RYTMI_TOPIC_PREFIX", ""),
            partitions=_count(env, "RYTMI_PARTITIONS", 4),
            replication=_count(env, "RYTMI_REPLICATION", 1 if bootstrap is None else 3),
            home=Path(_value(env, "RYTMI_HOME") or DEFAULT_HOME),
            configured_pseudonym_key=_secret(env, "RYTMI_PSEUDONYM_KEY"),
            alertmanager_urls=_urls(env, "RYTMI_ALERTMANAGER_URL"),
            alertmanager_access=AlertmanagerAccess(
                _value(env, "RYTMI_ALERTMANAGER_USERNAME"),
                _secret(env, "RYTMI_ALERTMANAGER_PASSWORD"),
                _secret(env, "RYTMI_ALERTMANAGER_TOKEN"),
                _value(env, "RYTMI_ALERTMANAGER_CA"),
            ),
            grafana=_grafana(env),
            case_url=_template(env, "RYTMI_CASE_URL", "{case}"),
            runbook_url=_template(env, "RYTMI_RUNBOOK_URL", "{page}"),
        )

    def bootstrap(self) -> str:
        """Address of the cluster. Raises BrokerError if it is the local broker and that does not run."""
        if self.kafka_bootstrap is not None:
            return self.kafka_bootstrap
        from streams.local.broker import Broker

        return Broker(self.home).bootstrap

    def client(self, **extra: Any) -> dict[str, Any]:
        """A librdkafka configuration, as in `client(**{"group.id": "x"})`."""
        return {"bootstrap.servers": self.bootstrap(), **self.security.client(), **extra}

    def topic(self, name: str) -> str:
        """Full name of a topic, as in `topic("rytmi.case.v1")`."""
        return self.topic_prefix + name

    def changelog(self, entity: str) -> str:
        """Full name of a changelog topic; `entity` is cases, obstacles, decisions or signals."""
        return f"{self.topic_prefix}{self.application}.{entity}.state.v1"

    @property
    def pseudonym_key(self) -> bytes:
        """The installation's key for pseudonyms; without a configured one, one made once and kept in `home`."""
        if self.configured_pseudonym_key is not None:
            return self.configured_pseudonym_key.encode()
        return _kept_key(self.home / "pseudonym.key")


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        beside.touch(mode=0o600, exist_ok=False)
        beside.write_text(secrets.token_hex(32) + "\n")
        try:
            # Of several processes that make one at the same time, the first wins and all use its key.
            path.hardlink_to(beside)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    key = path.read_text().strip()
    if not key:
        raise SettingsError(f"{path} is empty: put the installation's key back, or delete it (pseudonyms change then)")
    return key.encode()


def _security(env: Mapping[str, str]) -> Security:
    protocol = (_value(env, "RYTMI_KAFKA_SECURITY_PROTOCOL") or "PLAINTEXT").upper()
    if protocol not in _PROTOCOLS:
        raise SettingsError(f"RYTMI_KAFKA_SECURITY_PROTOCOL: {protocol!r} is none of {', '.join(_PROTOCOLS)}")
    ssl_ca = _value(env, "RYTMI_KAFKA_SSL_CA")
    if not protocol.startswith("SASL"):
        return Security(protocol, ssl_ca=ssl_ca)
    username = _value(env, "RYTMI_KAFKA_SASL_USERNAME")
    password = _secret(env, "RYTMI_KAFKA_SASL_PASSWORD")
    for name, value in (("USERNAME", username), ("PASSWORD", password)):
        if value is None:
            raise SettingsError(f"RYTMI_KAFKA_SASL_{name}: missing, and {protocol} needs it")
    mechanism = _value(env, "RYTMI_KAFKA_SASL_MECHANISM") or "SCRAM-SHA-512"
    return Security(protocol, mechanism, username, password, ssl_ca)


def _grafana(env: Mapping[str, str]) -> GrafanaAccess:
    found = [*_urls(env, "RYTMI_GRAFANA_URL"), None]
    if len(found) > 2:
        raise SettingsError("RYTMI_GRAFANA_URL: screens are published to one Grafana; name one address")
    prometheus = _urls(env, "RYTMI_PROMETHEUS_URL") or (GrafanaAccess.prometheus_url,)
    return GrafanaAccess(found[0], _secret(env, "RYTMI_GRAFANA_TOKEN"), _value(env, "RYTMI_GRAFANA_CA"), prometheus[0])


def _value(env: Mapping[str, str], name: str) -> str | None:
    """None if unset or empty: an empty variable is how many tools say *not set*."""
    return env.get(name, "").strip() or None


def _secret(env: Mapping[str, str], name: str) -> str | None:
    path = _value(env, f"{name}_FILE")
    if path is None:
        return _value(env, name)
    if _value(env, name) is not None:
        raise SettingsError(f"{name} and {name}_FILE are both set: leave one out")
    try:
        content = Path(path).read_text().strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE: {path} cannot be read ({error.strerror})") from error
    if not content:
        raise SettingsError(f"{name}_FILE: {path} is empty")
    return content


def _urls(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    urls = tuple(url.strip().rstrip("/") for url in (_value(env, name) or "").split(",") if url.strip())
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise SettingsError(f"{name}: {url!r} is no address; write http://host:port")
    return urls


def _template(env: Mapping[str, str], name: str, place: str) -> str | None:
    url = _value(env, name)
    if url is not None and place not in url:
        raise SettingsError(f"{name}: {url!r} has no {place}, so it would lead everybody to the same page")
    return url


def _name(env: Mapping[str, str], variable: str, default: str) -> str:
    name = _value(env, variable) or default
    if not _LEGAL_NAME.fullmatch(name):
        raise SettingsError(f"{variable}: {name!r} may only have letters, digits, '.', '_' and '-'")
    return name


def _count(env: Mapping[str, str], variable: str, default: int) -> int:
    text = _value(env, variable) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{variable}: {text!r} is not a whole number from 1 on")
    return int(text)
