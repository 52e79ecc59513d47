"""Metrics: their text, and the families made of what stands open and of the measures."""
