"""What the reports of the made-up day say, word for word, in both languages. `make golden` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.main import main
from tests.unit.report.reading import Page, read

HERE = Path(__file__).resolve().parent
COMMITTED = HERE / "reports"
CONFIG = ("--config", str(HERE / "day.yaml"))


def said(page: Page) -> Iterator[str]:
    """Headings, sentences and legends; then every table, a line a row."""
    yield from page.text
    for table in page.tables:
        yield ""
        yield f"| {table.caption}"
        for row in table.rows:
            yield "  " + " | ".join(row)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    asked = ["backtest", *CONFIG, "--events", str(HERE / "day.jsonl"), "--out", str(folder / "day")]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize("lang", ["en", "fi"])
@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
def test_report_of_the_day_says_what_is_committed(
    kind: str, lang: str, results: Path, rewrite_golden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(results)
    out = f"{kind}-{lang}.html"
    done = CliRunner().invoke(main, ["report", kind, *CONFIG, "--results", "day", "--lang", lang, "--out", out])
    assert done.exit_code == 0, done.output
    page = read(Path(out).read_text(encoding="utf-8"))
    text = "\n".join(said(page)) + "\n"
    committed = COMMITTED / f"{kind}-{lang}.txt"
    if rewrite_golden:
        COMMITTED.mkdir(exist_ok=True)
        committed.write_text(text, encoding="utf-8")
    assert text == committed.read_text(encoding="utf-8")
