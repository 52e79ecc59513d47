"""`rytmi board`: cases as people work on them, in a browser."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Elsewhere only with RYTMI_BOARD_PEOPLE.")
@click.option("--port", default=8080, show_default=True)
@click.option("--as", "me", help="Your name, where no access is configured; default: your name on this machine.")
@click.option("--rebuild", is_flag=True, help="Forget the view and read the topics from their start.")
def command(path: Path, host: str, port: int, me: str | None, rebuild: bool) -> None:
    """Show what is overdue and soon will be, each case's story, people's and units' pages; take, assign, pause, close.

    It reads rytmi.case.v1, .clock.v1, .alarm.v1, .window.v1 and .audit.v1 into a view of its own, which can be thrown
    away at any time, and writes touchpoint.action.v1 and rytmi.audit.v1. Who may enter: RYTMI_BOARD_PEOPLE (a file of
    names, roles, units and hashes of tokens: `rytmi board-token`), RYTMI_BOARD_PROXIES and RYTMI_BOARD_PROXY_HEADER,
    RYTMI_BOARD_URL. Without it, it listens on loopback only.

    \b
    rytmi board
    RYTMI_CASE_URL=http://127.0.0.1:8080/cases/{case} rytmi worker       # alarms lead to the board
    """
    from streams.board.access import Access
    from streams.board.app import build
    from streams.board.serving import Serving
    from streams.config import load
    from streams.settings import Settings

    access = Access(me=me)
    access.check_address(host)
    board = build(Settings.from_env(), load(path), access, rebuild)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"board: http://{shown}:{port}", err=True)
    if access.is_open:
        click.echo(
            "no access is configured: on loopback only, for whoever is at this machine (docs/board.md)", err=True
        )
    Serving(board.app(), board.hub, host, port).run()


@click.command()
@click.argument("name")
@click.option("--role", type=click.Choice(["viewer", "unit", "leader"]), default="viewer", show_default=True)
@click.option("--unit", "units", multiple=True, help="Whose cases they see; several times for several; none: all.")
@click.option("--days", type=click.IntRange(1), default=180, show_default=True, help="How long the token opens.")
def token(name: str, role: str, units: tuple[str, ...], days: int) -> None:
    """Make a token for the board. It is shown once; the lines for RYTMI_BOARD_PEOPLE hold its hash alone."""
    from datetime import UTC, datetime, timedelta

    import yaml

    from streams.board.identity import hashed, new_token

    made = new_token()
    person = {
        "name": name,
        "role": role,
        "units": list(units),
        "tokens": [{"sha256": hashed(made), "expires": datetime.now(UTC).date() + timedelta(days=days)}],
    }
    click.echo(yaml.safe_dump([person], sort_keys=False, allow_unicode=True), nl=False)
    click.echo(f"token of {name} (give it to them; it is not kept): {made}", err=True)
