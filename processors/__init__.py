"""The pure core: what an event means, what a clock reads, what changed.

Nothing in this package reads a clock, a file or a network. Time is an argument.
Only the standard library and the `holidays` library may be imported here.
"""
