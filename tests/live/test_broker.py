"""The local broker from packages: it starts, stops, keeps its data, and never outlives or harms anybody."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from streams.cli.main import main
from streams.local.broker import Broker, BrokerError, jars
from streams.local.broker.configuration import HOST
from tests.processes import runs
from tests.waiting import until

pytestmark = pytest.mark.live

OWNER = """
import sys
from pathlib import Path
from threading import Thread
from streams.local.broker import Broker
broker = Broker(Path(sys.argv[1]))
# From a thread that ends at once: the broker must follow the process, not the thread that started it.
thread = Thread(target=broker.start, args=(True,))
thread.start()
thread.join()
print(broker.status().pid, flush=True)
sys.stdin.read()
"""


def create(bootstrap: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})  # must live until its answer is there
    admin.create_topics([NewTopic(topic, 1, 1)], operation_timeout=10)[topic].result()


def send(bootstrap: str, topic: str, *values: str) -> None:
    producer = Producer({"bootstrap.servers": bootstrap})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(20) == 0


def read(bootstrap: str, topic: str, count: int) -> list[str]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "auto.offset.reset": "earliest"})
    try:
        consumer.subscribe([topic])
        values: list[str] = []

        def enough() -> bool:
            for message in consumer.consume(count, timeout=0.2):
                assert message.error() is None, message.error()
                values.append((message.value() or b"").decode())
            return len(values) >= count

        until(enough, 20, f"{count} records in {topic}")
        return values
    finally:
        consumer.close()


def test_broker_starts_on_a_machine_that_is_set_to_turkish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-Duser.language=tr")  # as where LC_ALL says so
    broker = Broker(tmp_path)
    bootstrap = broker.start(child=True)
    try:
        create(bootstrap, "t")
    finally:
        broker.stop()


def test_broker_tells_whether_it_runs_and_where(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    assert broker.status().pid is None
    with pytest.raises(BrokerError, match=r"rytmi broker start.*RYTMI_KAFKA_BOOTSTRAP"):
        _ = broker.bootstrap
    bootstrap = broker.start(child=True)
    try:
        status = broker.status()
        assert status.answers
        assert status.bootstrap == bootstrap == Broker(tmp_path).bootstrap
        assert bootstrap.startswith(f"{HOST}:")
    finally:
        assert broker.stop()
    assert broker.status() == (None, None, False, broker.log)
    assert not broker.stop()


def test_broker_listens_on_loopback_only(private_broker: Broker) -> None:
    pid = private_broker.status().pid
    assert pid is not None
    listening = {c.laddr.ip for c in psutil.Process(pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    assert listening <= {HOST, f"::ffff:{HOST}"}
    assert listening


def test_stopped_broker_comes_back_at_its_address_with_its_data(private_broker: Broker) -> None:
    bootstrap = private_broker.bootstrap
    create(bootstrap, "kept")
    send(bootstrap, "kept", "one")
    private_broker.stop()
    assert private_broker.start(child=True) == bootstrap
    send(bootstrap, "kept", "two")
    assert read(bootstrap, "kept", 2) == ["one", "two"]


def test_killed_broker_comes_back_at_its_address_with_what_it_acknowledged(private_broker: Broker) -> None:
    bootstrap, pid = private_broker.bootstrap, private_broker.status().pid
    assert pid is not None
    create(bootstrap, "kept")
    send(bootstrap, "kept", "one")
    os.kill(pid, signal.SIGKILL)
    until(lambda: private_broker.status().pid is None, 10, "the broker is seen to be gone")
    assert private_broker.start(child=True) == bootstrap
    send(bootstrap, "kept", "two")
    assert read(bootstrap, "kept", 2) == ["one", "two"]


def test_client_in_mid_stream_goes_on_after_a_restart(private_broker: Broker) -> None:
    bootstrap = private_broker.bootstrap
    create(bootstrap, "stream")
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "log_level": 0})
    for number in range(500):
        producer.produce("stream", str(number))
    producer.poll(0)
    private_broker.stop()
    for number in range(500, 1000):
        producer.produce("stream", str(number))
    private_broker.start(child=True)
    assert producer.flush(30) == 0
    assert read(bootstrap, "stream", 1000) == [str(number) for number in range(1000)]


def test_second_start_leaves_a_running_broker_alone(private_broker: Broker) -> None:
    before = private_broker.status()
    with Broker(private_broker.directory.parent) as second:
        assert second.bootstrap == before.bootstrap
    assert private_broker.status() == before


def test_stale_process_id_is_never_signalled(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.directory.mkdir(parents=True)
    innocent = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        started_s = psutil.Process(innocent.pid).create_time()
        state = {"port": 23_456, "pid": innocent.pid, "started_s": started_s}
        (broker.directory / "broker.json").write_text(json.dumps(state))
        assert broker.status().pid is None
        assert not broker.stop()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.communicate()


def test_process_that_started_at_another_time_is_not_taken_for_the_broker(private_broker: Broker) -> None:
    state_file = private_broker.directory / "broker.json"
    state = json.loads(state_file.read_text())
    state_file.write_text(json.dumps(state | {"started_s": state["started_s"] - 86_400}))
    assert private_broker.status().pid is None
    assert not Broker(private_broker.directory.parent).stop()
    state_file.write_text(json.dumps(state))
    assert private_broker.status().answers


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_broker_does_not_outlive_its_owner(tmp_path: Path, end: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert owner.stdout is not None
    broker = psutil.Process(int(owner.stdout.readline()))
    keeper = broker.parent()
    assert keeper is not None
    assert runs(broker)
    owner.send_signal(end)
    owner.communicate(timeout=20)
    until(lambda: not runs(broker), 20, "the broker has ended")
    until(lambda: not runs(keeper), 20, "its keeper has ended")
    assert Broker(tmp_path).status().pid is None


def test_broker_ends_with_its_keeper(private_broker: Broker) -> None:
    pid = private_broker.status().pid
    assert pid is not None
    broker = psutil.Process(pid)
    keeper = broker.parent()
    assert keeper is not None
    keeper.kill()
    until(lambda: not runs(broker), 10, "the broker has ended")


def test_detached_broker_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    def rytmi(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "streams.cli.main", "broker", *arguments],
            env=os.environ | {"RYTMI_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert rytmi("status").returncode == 1
    started = rytmi("start")
    try:
        bootstrap = started.stdout.strip()
        assert bootstrap.startswith(f"{HOST}:"), started
        assert rytmi("status").stdout.startswith(bootstrap)
        assert rytmi("start").stdout.strip() == bootstrap
    finally:
        assert rytmi("stop").returncode == 0
    assert "no broker runs here" in rytmi("status").stderr


def test_broker_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with Broker(tmp_path):
        pass
    meta = tmp_path / "kafka" / "data" / "meta.properties"
    meta.write_text(meta.read_text().replace("node.id=1", "node.id=7"))
    broker = Broker(tmp_path)
    with pytest.raises(BrokerError, match=r"(?s)ended while starting; the end of .*broker\.log.*node.id"):
        broker.start(child=True)
    assert broker.status().pid is None


def test_chosen_port_in_use_is_said_before_anything_is_started(private_broker: Broker, tmp_path: Path) -> None:
    port = int(private_broker.bootstrap.rsplit(":", 1)[1])
    with pytest.raises(BrokerError, match=f"port {port} is in use"):
        Broker(tmp_path / "other", port).start(child=True)


def test_jar_with_another_hash_is_refused(tmp_path: Path) -> None:
    jar = jars.Jar("org.example", "something", "1.0", "0" * 64)
    (tmp_path / jar.filename).write_bytes(b"not what was listed")
    with pytest.raises(jars.JarError, match=r"org\.example:something:1\.0 is not the jar that the list names"):
        jars.classpath([jar], tmp_path, print)


def test_jar_that_cannot_be_fetched_names_the_remedy_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(jars.REPOSITORY, f"http://{HOST}:9/nobody-listens")
    with pytest.raises(jars.JarError, match=rf"org.example:something:1.0 could not be fetched.*{jars.REPOSITORY}"):
        jars.classpath([jars.Jar("org.example", "something", "1.0", "0" * 64)], tmp_path, print)
    assert list(tmp_path.iterdir()) == []


def test_lines_that_scripts_read_are_as_ever(private_broker: Broker, tmp_path: Path) -> None:
    env = {"RYTMI_HOME": str(tmp_path / "home"), "RYTMI_KAFKA_BOOTSTRAP": ""}
    started, status = (CliRunner().invoke(main, ["broker", word], env=env) for word in ("start", "status"))
    found = private_broker.status()
    assert (started.exit_code, started.stdout) == (0, f"{found.bootstrap}\n")
    assert (status.exit_code, status.stdout) == (0, f"{found.bootstrap}  process {found.pid}  log {found.log}\n")
