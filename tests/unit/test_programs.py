"""Where Prometheus and Alertmanager come from: found, unpacked into the cache, or said to be missing."""

import os
import subprocess
from pathlib import Path

import pytest

from streams.local.monitoring import MonitoringError, programs
from tests import needed


def test_without_programs_and_without_apt_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MonitoringError, match=r"no apt-get to fetch them with\. Install both"):
        programs.provide()


def test_an_apt_that_fails_is_quoted_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    for name in ("apt-get", "dpkg-deb"):
        (path / name).write_text("#!/bin/sh\necho 'E: no network today' >&2\nexit 100\n")
        (path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MonitoringError, match="apt-get failed: E: no network today"):
        programs.provide()
    assert list((tmp_path / "rytmi").iterdir()) == []


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package that an apt-get made here hands out: the real one is the distribution's to test."""
    package = tmp_path / "package"
    (package / "usr/bin").mkdir(parents=True)
    (package / "DEBIAN").mkdir()
    (package / "DEBIAN/control").write_text(
        "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
    )
    for name in ("prometheus", "promtool", "prometheus-alertmanager", "amtool"):
        program(package / "usr/bin" / name, "")
    path = tmp_path / "bin"
    path.mkdir()
    update = 'for last; do :; done\n[ "$last" = update ] || dpkg-deb -b'
    program(path / "apt-get", f"{update} {package} p.deb >&2\n")
    for name in ("sh", "dpkg-deb", "tar", "rm", "dirname", "cat"):
        (path / name).symlink_to(needed.system(name))
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return package


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)


def test_a_debian_package_is_unpacked_and_not_installed(apt: Path, tmp_path: Path) -> None:
    said: list[str] = []
    found = programs.provide(said.append)
    assert found.alertmanager == tmp_path / "rytmi/programs/usr/bin/prometheus-alertmanager"
    assert len(said) == 1
    assert programs.provide(said.append) == found
    assert len(said) == 1, "the second time they are there"


def test_what_a_package_would_install_for_all_is_found_in_the_cache(apt: Path, tmp_path: Path) -> None:
    """As Debian's Alertmanager, this one opens a file by the path of its installation; nothing is put there."""
    installed = Path("/usr/share/prometheus/alertmanager")
    before = os.path.lexists(installed)
    program(apt / "usr/bin/prometheus-alertmanager", f'cat {installed}/default.tmpl\necho "$@"\n')
    (apt / str(installed).lstrip("/")).mkdir(parents=True)
    (apt / str(installed).lstrip("/") / "default.tmpl").write_text("a template\n")
    for _ in range(2):  # fetched; already there
        found = programs.provide()
        said = subprocess.run([found.alertmanager, "-a", "b c"], capture_output=True, text=True, check=True).stdout
        assert said == "a template\n-a b c\n"
    assert os.path.lexists(installed) == before
    assert {one.name for one in tmp_path.iterdir()} == {"bin", "package", "rytmi"}


def test_a_cache_that_cannot_be_used_is_said(apt: Path, tmp_path: Path) -> None:
    (tmp_path / "rytmi").write_text("a file where the cache would be")
    with pytest.raises(MonitoringError, match=r"the cache .*programs cannot be used .*Install both"):
        programs.provide()
