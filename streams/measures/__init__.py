"""The way of the cells: published by shards, read by the view, and said as metrics and windows."""
