"""Mappings: a declaration that turns the rows of a table into events (`model`, `rules`), and what carries it out.

`cells` and `fields` are the parts of a declaration as functions of a row, `fields` in the types that events have.
`mapper` carries them out row by row.
"""

from streams.mapping.model import MappingError, TableMapping, load_mapping, parse_mapping

__all__ = ["MappingError", "TableMapping", "load_mapping", "parse_mapping"]
