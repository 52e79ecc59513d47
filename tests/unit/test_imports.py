"""The core stays pure: what its modules import, and what they call, read from their source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "processors"
MODULES = sorted(CORE.rglob("*.py"))

ALLOWED = {"processors", "holidays"}
IMPURE_MODULES = {
    "asyncio",
    "calendar",
    "concurrent",
    "ctypes",
    "ftplib",
    "http",
    "importlib",
    "io",
    "locale",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "selectors",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
    "xmlrpc",
}
IMPURE_NAMES = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"}
IMPURE_METHODS = {"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes", "getenv"}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)


def _impurities(tree: ast.AST) -> Iterator[str]:
    """What reads a clock, a file, a network, an environment, or rolls dice."""
    for name in _imports(tree):
        if name.split(".")[0] in IMPURE_MODULES:
            yield f"import {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in IMPURE_NAMES:
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in IMPURE_METHODS:
            yield f".{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "open":
            yield ".open"


def _tree(module: Path) -> ast.AST:
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def test_there_are_modules_to_look_at() -> None:
    assert {"case.py", "clocks.py", "calendar.py"} <= {module.name for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])
def test_core_imports_the_standard_library_and_holidays_alone(module: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(_tree(module))}
    assert roots <= ALLOWED | set(sys.stdlib_module_names)


@pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])
def test_core_reads_no_clock_no_file_and_no_network(module: Path) -> None:
    assert list(_impurities(_tree(module))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "import os.path",
        "from socket import socket",
        "import random",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.date.today()",
        "from datetime import datetime as d\nread = d.utcnow",
        "open('x')",
        "text = open",
        "p.open()",
        "p.read_text()",
        "import urllib.request",
        "def f():\n    import uuid",
    ],
)
def test_what_is_impure_is_seen(source: str) -> None:
    assert list(_impurities(ast.parse(source)))
