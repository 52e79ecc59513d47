"""Putting a fault into the product on purpose: a function with one piece of its source replaced, for a while."""

from __future__ import annotations
import __future__

import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A piece of a function's source, and what stands there instead.

    name: what goes wrong, in a sentence. function: `module:function` or `module:Class.method`. within: of so many
    schedules, from seed 0 on, one must fail.
    """

    name: str
    function: str
    old: str
    new: str
    within: int = 40


@contextmanager
def present(fault: Fault) -> Iterator[None]:
    """The product has the fault inside. Raises ValueError where the piece is not there just once."""
    path, _, names = fault.function.partition(":")
    module = importlib.import_module(path)
    found: Any = module
    for one in names.split("."):
        found = inspect.getattr_static(found, one)
    function = found.fget if isinstance(found, property) else found
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(fault.old) != 1:
        raise ValueError(f"{fault.function} has {fault.old!r} {source.count(fault.old)} times: the fault has to follow")
    flags, made = __future__.annotations.compiler_flag, dict[str, Any]()
    code = compile(source.replace(fault.old, fault.new), f"<{fault.name}>", "exec", flags, dont_inherit=True)
    exec(code, module.__dict__, made)  # noqa: S102 - the product's own source, with the fault in it
    original, faulty = function.__code__, made[function.__name__]
    function.__code__ = (faulty.fget if isinstance(faulty, property) else faulty).__code__  # whoever has imported it
    try:
        yield
    finally:
        function.__code__ = original
