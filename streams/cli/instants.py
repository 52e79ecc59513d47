"""An instant on the command line."""

from __future__ import annotations

from typing import Any

import click

from processors.canonical import instant


class Instant(click.ParamType):
    """An RFC 3339 time, as milliseconds."""

    name = "RFC3339"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return instant(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
