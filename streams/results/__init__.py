"""Results: what a backtest computes and writes, and what is read back from files and topics."""
