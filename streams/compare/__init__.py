"""What another configuration would have changed: two backtests of the same events, side by side.

The way: `results` (the files of a backtest, read row by row), `outcomes` and `alarms` (what differs, as counts),
`showing` (tables for a terminal). Both sides are sorted by case, so that they are merged without holding either.
"""
