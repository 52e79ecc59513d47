"""`rytmi broker`: the local Kafka broker of this directory."""

import signal
import threading
import time

import click

from streams.local.broker import Broker, BrokerError
from streams.settings import Settings


def _broker(port: int | None = None) -> Broker:
    return Broker(Settings.from_env().home, port, say=_say)


def _say(text: str) -> None:
    click.echo(text, err=True)


@click.group("broker")
def command() -> None:
    """The local Kafka broker: one node on loopback, data under .rytmi/kafka, nothing to install.

    \b
    rytmi broker start               # prints its address; the port stays the same from then on
    rytmi broker status
    rytmi broker stop                # the data stays for the next start

    Set RYTMI_KAFKA_BOOTSTRAP to use another cluster; then this one is not needed.
    """


@command.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Default: the port of last time, else a free one.")
@click.option("--foreground", is_flag=True, help="Stay, and stop the broker with Ctrl-C.")
def start(port: int | None, foreground: bool) -> None:
    """Start it and wait until it answers. One that runs already is left as it is."""
    broker = _broker(port)
    already = broker.status().pid is not None
    if already and foreground:
        raise click.ClickException(f"the broker already runs at {broker.bootstrap}: `rytmi broker stop` first")
    began = time.monotonic()
    bootstrap = broker.start(child=foreground)
    _say("it runs already" if already else f"ready after {time.monotonic() - began:.1f} s; log: {broker.log}")
    click.echo(bootstrap)
    if foreground:
        _stay(broker)


def _stay(broker: Broker) -> None:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    while not stop.wait(0.5):
        try:
            _ = broker.bootstrap
        except BrokerError as error:
            raise click.ClickException(f"the broker has ended by itself; see {broker.log}") from error
    broker.stop()


@command.command()
def stop() -> None:
    """Stop it; its data stays."""
    _say("stopped" if _broker().stop() else "no broker runs here")


@command.command()
def status() -> None:
    """Print its address and process; exit with 1 if it does not run or does not answer."""
    found = _broker().status()
    if found.pid is None:
        raise click.ClickException("no broker runs here: `rytmi broker start`")
    if not found.answers:
        raise click.ClickException(f"process {found.pid} does not answer at {found.bootstrap}; see {found.log}")
    click.echo(f"{found.bootstrap}  process {found.pid}  log {found.log}")
