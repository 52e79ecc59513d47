"""Side by side: two backtests of the same events, or two periods of the same organisation.

What another configuration would have changed: `results` (the files of a backtest, read row by row), `outcomes` (what
differs, as counts), `showing` (tables for a terminal). Both sides are sorted by case, so that they are
merged without holding either.

What has changed from one period to another: `periods` (which, whether they are known, what differs), `baseline` (one in
a file), `changing` (tables, JSON), `figures` (how a figure is written).
"""
