"""A shard: one partition of one stage, its state, and the way of a record through it."""
