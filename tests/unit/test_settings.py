"""Settings from the environment: defaults, secrets in files, and errors that name the variable."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parents[2]


def test_empty_environment_means_the_local_broker() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert (settings.kafka_bootstrap, settings.application, settings.partitions, settings.replication) == (
        None,
        "rytmi",
        4,
        1,
    )


def test_empty_variable_is_as_good_as_none() -> None:
    assert Settings.from_env({"RYTMI_KAFKA_BOOTSTRAP": "", "RYTMI_PARTITIONS": " "}) == Settings()


def test_another_cluster_is_replicated_unless_said_otherwise() -> None:
    assert Settings.from_env({"RYTMI_KAFKA_BOOTSTRAP": "kafka:9092"}).replication == 3
    assert Settings.from_env({"RYTMI_KAFKA_BOOTSTRAP": "kafka:9092", "RYTMI_REPLICATION": "1"}).replication == 1


def test_missing_local_broker_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"no broker: run `rytmi broker start` or set RYTMI_KAFKA_BOOTSTRAP"):
        Settings.from_env({"RYTMI_HOME": str(tmp_path)}).bootstrap()


def test_client_configuration_carries_security_and_what_is_asked() -> None:
    settings = Settings.from_env(
        {
            "RYTMI_KAFKA_BOOTSTRAP": "kafka:9092",
            "RYTMI_KAFKA_SECURITY_PROTOCOL": "sasl_ssl",
            "RYTMI_KAFKA_SASL_USERNAME": "rytmi",
            "RYTMI_KAFKA_SASL_PASSWORD": "s3cret",
            "RYTMI_KAFKA_SSL_CA": "ca.pem",
        }
    )
    assert settings.client(**{"group.id": "g"}) == {
        "bootstrap.servers": "kafka:9092",
        "security.protocol": "sasl_ssl",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "rytmi",
        "sasl.password": "s3cret",
        "ssl.ca.location": "ca.pem",
        "group.id": "g",
    }


def test_secret_never_shows_in_a_printed_value() -> None:
    settings = Settings.from_env(
        {
            "RYTMI_PSEUDONYM_KEY": "hidden-key",
            "RYTMI_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "RYTMI_KAFKA_SASL_USERNAME": "rytmi",
            "RYTMI_KAFKA_SASL_PASSWORD": "hidden-word",
        }
    )
    assert "hidden" not in repr(settings)


def test_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file\n")
    assert Settings.from_env({"RYTMI_PSEUDONYM_KEY_FILE": str(file)}).pseudonym_key == b"from-a-file"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"RYTMI_PARTITIONS": "0"}, "RYTMI_PARTITIONS: '0' is not a whole number from 1 on"),
        ({"RYTMI_REPLICATION": "many"}, "RYTMI_REPLICATION: 'many'"),
        ({"RYTMI_TOPIC_PREFIX": "a b"}, "RYTMI_TOPIC_PREFIX: 'a b' may only have"),
        ({"RYTMI_APPLICATION": "ryt/mi"}, "RYTMI_APPLICATION: 'ryt/mi' may only have"),
        ({"RYTMI_KAFKA_SECURITY_PROTOCOL": "TLS"}, "RYTMI_KAFKA_SECURITY_PROTOCOL: 'TLS' is none of PLAINTEXT"),
        ({"RYTMI_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "RYTMI_KAFKA_SASL_USERNAME: missing, and SASL_SSL needs it"),
        ({"RYTMI_PSEUDONYM_KEY_FILE": "nowhere/key"}, "RYTMI_PSEUDONYM_KEY_FILE: nowhere/key cannot be read"),
        (
            {"RYTMI_PSEUDONYM_KEY": "a", "RYTMI_PSEUDONYM_KEY_FILE": "b"},
            "RYTMI_PSEUDONYM_KEY and RYTMI_PSEUDONYM_KEY_FILE are both set",
        ),
    ],
)
def test_wrong_value_is_named_with_its_variable(env: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env(env)
    assert words in str(error.value)


def test_pseudonym_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = Settings(home=tmp_path / ".rytmi")
    assert first.pseudonym_key == Settings(home=tmp_path / ".rytmi").pseudonym_key
    assert len(first.pseudonym_key) == 64
    assert stat.S_IMODE((tmp_path / ".rytmi" / "pseudonym.key").stat().st_mode) == 0o600
    assert first.pseudonym_key != Settings(home=tmp_path / "another").pseudonym_key


def test_processes_that_make_the_key_at_once_agree_on_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.pseudonym_key, range(64)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["pseudonym.key"]


def test_names_carry_prefix_and_application() -> None:
    settings = Settings(topic_prefix="test.", application="second")
    assert settings.topic("rytmi.case.v1") == "test.rytmi.case.v1"
    assert settings.changelog("cases") == "test.second.cases.state.v1"


def test_librdkafka_knows_every_protocol_in_turkish_letters_too() -> None:
    """Where the machine has that locale; in a process of its own, as a locale is the process's."""
    made = """if True:
        from confluent_kafka import Producer
        from streams.settings import Security
        for one in ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"):
            Producer(Security(one, "PLAIN", "u", "p").client())
    """
    subprocess.run([sys.executable, "-c", made], cwd=ROOT, env={"LC_ALL": "tr_TR.UTF-8"}, check=True, timeout=60)
