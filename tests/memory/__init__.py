"""A log in memory that behaves as a cluster does. No code of the product uses it, so it is not in the wheel."""
