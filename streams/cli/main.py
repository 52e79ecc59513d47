"""`rytmi`: the table of commands. A command's module is imported when the command is used, not before.

So `rytmi --help` answers at once, and a part that cannot be imported breaks its own command only.
"""

# ruff: noqa: ARG002 - click's own methods

from importlib import import_module

import click

from streams import UserError

_COMMANDS = {  # name: (module, what `rytmi --help` says)
    "demo": ("streams.cli.demo", "A whole organisation on this machine: broker, workers, feedback, a live view."),
    "broker": ("streams.cli.broker", "The local Kafka broker: start, stop, status."),
    "topics": ("streams.cli.topics", "Kafka topics: apply, check, describe."),
    "config": ("streams.cli.config", "Check rytmi.yaml."),
    "worker": ("streams.cli.worker", "Fold events into cases, obstacles and decisions, and publish what follows."),
    "replay": ("streams.cli.replay", "Send real logs (CSV, JSON Lines) into the topics by a mapping."),
    "simulate": ("streams.cli.simulate", "Make up an organisation's events from a seed."),
    "backfill": ("streams.cli.backfill", "Say that what is sent happened before: begin, end."),
    "heartbeat": ("streams.cli.heartbeat", "Say that a source of events lives, so that its silence means something."),
    "cases": ("streams.cli.cases", "Write cases.jsonl from the topics, as of an instant."),
    "measures": ("streams.cli.measures", "Write measures.jsonl from the topics: every figure, as of an instant."),
    "dashboards": ("streams.cli.dashboards", "The screens of Grafana: build, publish, diff."),
    "report": ("streams.cli.report", "The day, the week, the month, on a page of HTML."),
    "explain": ("streams.cli.explain", "What happened to a case, and why it is overdue or not: in sentences."),
    "board": ("streams.cli.board", "Cases in a browser: what is overdue, each story, taking and closing them."),
    "board-token": ("streams.cli.board:token", "Make a token with which somebody may enter the board."),
    "backtest": ("streams.cli.backtest", "The same rules on a file of events, without a broker."),
    "compare": (
        "streams.cli.compare",
        "Two periods: what has changed, and how sure. Or two backtests of the same events.",
    ),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="rytmi")
def main() -> None:
    """Rytmi keeps an organisation's decisions in its customers' time.

    \b
    Try it:       rytmi demo
    On real data: rytmi broker start && rytmi topics apply && rytmi worker
    Connection and secrets come from the environment (RYTMI_KAFKA_BOOTSTRAP ...), the organisation from rytmi.yaml.
    """


if __name__ == "__main__":
    main()
