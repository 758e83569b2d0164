"""The script of the first minute: what it installs, when it does nothing, and what it says to whom."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "bootstrap.py"
POSIX = pytest.mark.skipif(os.name == "nt", reason="not Linux")


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module whose project is an empty folder."""
    spec = importlib.util.spec_from_file_location("loupe_bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "STAMP", venv / "loupe-stamp")
    monkeypatch.setattr(module, "PYTHON", venv / "python")
    (tmp_path / "pyproject.toml").write_text("[project]\n", "utf-8")
    return module


@pytest.fixture
def bare_debian(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """A machine with apt-get and nothing that Loupe needs."""
    monkeypatch.setattr(bootstrap, "WINDOWS", False)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    monkeypatch.setattr(bootstrap, "loads", lambda library: False)
    monkeypatch.setattr(bootstrap, "can_make_venv", lambda: False)
    monkeypatch.setattr(bootstrap, "CHINESE", tmp_path / "no-font.ttc")
    return bootstrap


@pytest.fixture
def installed(bootstrap: ModuleType) -> Callable[[str], None]:
    """Make the folder look as after an installation with these extras."""

    def make(extra: str) -> None:
        bootstrap.VENV.mkdir(exist_ok=True)
        bootstrap.PYTHON.touch()
        (bootstrap.VENV / "pyvenv.cfg").write_text(f"version = {sys.version.split()[0]}\n", "utf-8")
        bootstrap.STAMP.write_text(bootstrap.stamp_of(extra), "utf-8")

    return make


# --- what is passed on


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ([], ["-n", "2", "-m", "not slow"]),
        (["-k", "judge"], ["-n", "2", "-m", "not slow", "-k", "judge"]),
        (["-m", "slow"], ["-n", "0", "-m", "slow"]),
        (["-mslow"], ["-n", "0", "-mslow"]),
        (["-n", "4"], ["-m", "not slow", "-n", "4"]),
        (["--maxfail=1"], ["-n", "2", "-m", "not slow", "--maxfail=1"]),
    ],
)
def test_the_tests_run_quick_ones_on_two_cores_unless_told(
    bootstrap: ModuleType, given: list[str], passed: list[str]
) -> None:
    assert bootstrap.test_options(given) == passed


def test_other_words_go_to_loupe_with_all_their_options(bootstrap: ModuleType) -> None:
    assert bootstrap.loupe("demo", ["--parts", "5"])[1:] == ["-P", "-m", "hmi", "demo", "--parts", "5"]


def test_the_exit_code_is_the_commands(bootstrap: ModuleType) -> None:
    assert bootstrap.run([sys.executable, "-c", "raise SystemExit(7)"]) == 7


@POSIX
def test_a_command_that_was_killed_gives_128_and_the_signal(bootstrap: ModuleType) -> None:
    assert bootstrap.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137


@POSIX
def test_sigterm_reaches_the_command_which_ends_in_order(tmp_path: Path) -> None:
    there = tmp_path / "there"
    child = (
        "import pathlib, signal, sys; signal.signal(15, lambda *_: sys.exit(5)); "
        f"pathlib.Path({str(there)!r}).touch(); signal.pause()"
    )
    code = (
        "import importlib.util, sys; spec = importlib.util.spec_from_file_location('b', sys.argv[1]); "
        "b = importlib.util.module_from_spec(spec); spec.loader.exec_module(b); "
        "sys.exit(b.run([sys.executable, '-c', sys.argv[2]]))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(SCRIPT), child]) as script:
        deadline = time.monotonic() + 20
        while not there.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        script.terminate()
        assert script.wait(timeout=20) == 5


def test_paths_are_those_of_where_the_user_stands(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = tmp_path / "elsewhere"
    stands.mkdir()
    monkeypatch.chdir(stands)
    assert bootstrap.run([sys.executable, "-c", "open('here', 'w').close()"]) == 0
    assert (stands / "here").exists()
    assert bootstrap.run([sys.executable, "-c", "open('here', 'w').close()"], bootstrap.ROOT) == 0
    assert (bootstrap.ROOT / "here").exists()


# --- the second time


@pytest.mark.parametrize(
    ("there", "asked", "quick"), [("", "", True), ("dev", "dev", True), ("dev", "", True), ("", "dev", False)]
)
def test_only_what_is_missing_is_installed(
    bootstrap: ModuleType, installed: Callable[[str], None], there: str, asked: str, *, quick: bool
) -> None:
    installed(there)
    assert bootstrap.up_to_date(bootstrap.stamp_of(asked), asked) is quick


def test_new_dependencies_are_installed(bootstrap: ModuleType, installed: Callable[[str], None]) -> None:
    installed("dev")
    (bootstrap.ROOT / "pyproject.toml").write_text("[project]\ndependencies = ['numpy']\n", "utf-8")
    assert not bootstrap.up_to_date(bootstrap.stamp_of(""), "")


def test_the_second_start_runs_no_program(
    bootstrap: ModuleType, installed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed("")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: pytest.fail("a program was run"))
    bootstrap.install("")


def test_an_installation_that_broke_off_leaves_no_stamp(
    bootstrap: ModuleType, installed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed("")
    bootstrap.STAMP.unlink()
    monkeypatch.setattr(bootstrap, "install_system_packages", lambda: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(
        bootstrap.subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, int("install" in command)),
    )
    with pytest.raises(bootstrap.CannotGoOn):
        bootstrap.install("")
    assert not bootstrap.STAMP.exists()


def test_where_uv_cannot_pip_is_tried(
    bootstrap: ModuleType, installed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed("")
    used: list[str] = []

    def fake(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if "install" in command:
            used.append(command[0])
        return subprocess.CompletedProcess(command, int(command[0] == "uv"))

    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name)
    monkeypatch.setattr(bootstrap.subprocess, "run", fake)
    bootstrap.install_project("here")
    assert used == ["uv", str(bootstrap.PYTHON)]


@pytest.mark.parametrize(("said", "ours"), [("version = 3.4.1", False), ("version_info = 3.4.1", False), ("", False)])
def test_an_environment_of_another_python_is_made_anew(bootstrap: ModuleType, said: str, *, ours: bool) -> None:
    bootstrap.VENV.mkdir()
    bootstrap.PYTHON.touch()
    (bootstrap.VENV / "pyvenv.cfg").write_text(f"home = /usr/bin\n{said}\n", "utf-8")
    assert bootstrap.made_by_this_python() is ours


def test_an_environment_of_this_python_is_kept(bootstrap: ModuleType, installed: Callable[[str], None]) -> None:
    installed("")
    assert bootstrap.made_by_this_python()


# --- what the system lacks


def test_a_library_that_does_not_load_names_its_package(
    bare_debian: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bare_debian, "can_make_venv", lambda: True)
    monkeypatch.setattr(bare_debian, "loads", lambda library: library != "libEGL.so.1")
    assert bare_debian.missing_packages() == ["libegl1", "fonts-noto-cjk"]


def test_the_loader_is_asked_for_real(bootstrap: ModuleType) -> None:
    assert not bootstrap.loads("liblens-that-nobody-has.so.7")


@POSIX
def test_who_is_not_root_gets_the_one_line_to_run(bare_debian: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare_debian.os, "geteuid", lambda: 1000)
    with pytest.raises(
        bare_debian.CannotGoOn, match=r"sudo apt-get update && sudo apt-get install -y python3\."
    ) as told:
        bare_debian.install_system_packages()
    assert {"libgl1", "libxcb-cursor0", "fonts-noto-cjk"} <= set(str(told.value).split())


@POSIX
def test_a_missing_font_alone_stops_nobody(
    bare_debian: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bare_debian.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bare_debian, "missing_packages", lambda: ["fonts-noto-cjk"])
    bare_debian.install_system_packages()
    assert "fonts-noto-cjk" in capsys.readouterr().err


@POSIX
def test_root_installs_under_the_name_this_release_knows(
    bare_debian: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def fake(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        known = command[0] != "apt-cache" or command[-1] != "libglib2.0-0"
        return subprocess.CompletedProcess(command, 0, "  Candidate: 1.0\n" if known else "  Candidate: (none)\n")

    monkeypatch.setattr(bare_debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bare_debian.subprocess, "run", fake)
    bare_debian.install_system_packages()
    updates = [command for command in ran if command[-1] == "update"]
    assert len(updates) == 1
    assert "libglib2.0-0t64" in ran[-1]
    assert "libglib2.0-0" not in ran[-1]


@POSIX
def test_what_apt_said_is_shown_where_it_fails(bootstrap: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    where = bootstrap.ROOT / "apt-get"
    where.write_text("#!/bin/sh\necho no such package\nexit 100\n", "utf-8")
    where.chmod(0o755)
    with pytest.raises(bootstrap.CannotGoOn, match="failed; the lines above say why"):
        bootstrap.apt(["install", "x"], {"PATH": str(bootstrap.ROOT)})
    assert "no such package" in capfd.readouterr().err


# --- as a person meets it


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2)])
def test_help_names_the_two_main_lines_and_installs_nothing(arguments: list[str], code: int) -> None:
    answer = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments], capture_output=True, text=True, check=False, timeout=30
    )
    assert answer.returncode == code
    assert "bootstrap.py demo" in answer.stdout
    assert "bootstrap.py test" in answer.stdout
    assert not answer.stderr


def test_what_cannot_be_installed_is_told_in_words(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(extra: str) -> None:
        raise bootstrap.CannotGoOn("no network")

    monkeypatch.setattr(bootstrap, "install", refuse)
    assert bootstrap.main(["demo"]) == 3
    assert capsys.readouterr().err == "bootstrap: no network\n"
