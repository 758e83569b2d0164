"""The command `loupe`: wrong use is one sentence and exit code 2, an end from outside is quiet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from hmi.cli import main
from hmi.cli.main import COMMANDS, INTERRUPTED, READER_GONE, run
from hmi.station.last import last, remember

ROOT = Path(__file__).resolve().parents[2]
NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dmeo"], ["no command 'dmeo'", "did you mean demo?"]),
        (["zzz"], ["no command 'zzz'"]),
        (["--nothing"], ["--nothing"]),
        (["export"], ["Missing argument 'DB'", "`loupe export --help`"]),
        (["run", "--parts", "none"], ["--parts", "none"]),
        (["demo", "--parts", "0"], ["--parts", "0"]),
        (["demo", "--drift", "slip", "--headless"], ["slip", "shift, trend, defects, lamp"]),
        (["demo", "--drift", "shift@0", "--headless"], ["shift@0", "from 1 on"]),
        (["teach", "x"], ["--out"]),
        (["verify", "nothing.db"], ["nothing.db"]),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert answer.err.startswith("loupe: ")
    assert len(answer.err.splitlines()) == 1
    for word in words:
        assert word in answer.err


def test_a_command_that_cannot_be_loaded_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "verify", ("hmi.cli.not_there", "Broken."))
    assert run(["--help"]) == 0
    assert run(["init", "--help"]) == 0
    capsys.readouterr()
    assert run(["verify", "x"]) == 3
    assert "not_there" in capsys.readouterr().err


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("loupe")


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (0, 0), (1, 1)])
def test_what_a_command_returns_is_the_exit_code(
    answer: int | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command("x")
    def command() -> int | None:
        return answer

    monkeypatch.setattr(main.loupe, "get_command", lambda _ctx, _name: command)
    assert run(["x"]) == code


def test_ctrl_c_ends_without_a_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @click.command("x")
    def command() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.loupe, "get_command", lambda _ctx, _name: command)
    assert run(["x"]) == INTERRUPTED
    assert capsys.readouterr().err == ""


@NOT_WINDOWS
def test_a_reader_that_leaves_is_no_error_to_tell() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        answer = subprocess.run(
            [sys.executable, "-m", "hmi", "--help"],
            cwd=ROOT,
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (answer.returncode, answer.stderr) == (READER_GONE, "")


@NOT_WINDOWS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_order(number: signal.Signals, tmp_path: Path) -> None:
    import json

    db, events = tmp_path / "d.db", tmp_path / "e.jsonl"
    command = [sys.executable, "-m", "hmi", "demo", "--headless", "--parts", "100000", "--json"]
    with subprocess.Popen(
        [*command, "--db", str(db), "--events", str(events)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        deadline = time.monotonic() + 60
        while not (events.exists() and events.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.05)
        child.send_signal(number)
        out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    answer = json.loads(out)
    assert answer["parts"] == answer["recorded"] == len(events.read_text("utf-8").splitlines())


def test_without_a_screen_the_window_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hmi.cli.open.has_screen", lambda: False)
    assert run([]) == 2
    assert "--headless" in capsys.readouterr().err


def test_the_last_station_file_is_remembered_while_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "ä" / "station.toml"
    file.parent.mkdir()
    assert last(tmp_path / "config") is None
    file.write_text("")
    remember(file, tmp_path / "config")
    assert last(tmp_path / "config") == file
    file.unlink()
    assert last(tmp_path / "config") is None


def test_forgetting_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember(tmp_path / "station.toml", tmp_path / "file")
    assert last(tmp_path / "file") is None
