"""`loupe models` on the command line: answers, exit codes, one sentence for every way of being wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from camera.vision import cv2
from hmi.cli.main import run
from hmi.station.post import place_of
from hmi.station.settings import SettingsError
from hmi.station.settings_order import Wishes, order_from
from inference.teach.paired import mcnemar, pairing
from storage.history import History
from storage.journal import Journal
from tests.unit.model_parts import bright_network, write_bright

Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import inference.model.signing_key as module

    monkeypatch.setattr(module, "user_data_path", lambda *_a, **_k: tmp_path / "user")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command that succeeds; its JSON."""

    def asked(*arguments: object) -> Any:
        capsys.readouterr()
        code = run(["models", *map(str, arguments), "--json"])
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(said.out)

    return asked


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command that fails; exit code and its one sentence."""

    def asked(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["models", *map(str, arguments)])
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("loupe: ")
        assert said.err.count("\n") == 1
        return code, said.err

    return asked


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return written(tmp_path, "")


def written(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(
        f'[station]\nid = "line-7"\n[record]\ndb = "r.db"\n[camera]\nsource = "synthetic:1"\n[model]\n{more}'
    )
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return write_bright(tmp_path / "one", name="one"), write_bright(tmp_path / "two", name="two", threshold=0.7)


def test_the_whole_walk(ask: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    at = ("--station", station)
    assert ask("list", *at)["models"] == []
    key = ask("key")["key"]
    assert ask("sign", pair[0])["key"] == key
    first = ask("promote", pair[0], "--why", "the first", "--by", "operator:ada", *at)
    second = ask("promote", pair[1], "--why", "fewer rejects", *at)
    assert (first["changed"], first["old"], second["old"], first["in_force"]) == (True, None, first["new"], True)
    listed = ask("list", *at)
    assert listed["active"] == second["new"]
    by_name = {model["name"]: model for model in listed["models"]}
    assert by_name["two"]["active"]
    assert not by_name["one"]["active"]
    assert by_name["one"]["signed_by"] == key
    assert by_name["one"]["promoted"]["by"] == "operator:ada"
    assert by_name["two"]["signature"]["state"] == "unsigned"
    assert set(by_name["one"]) >= {"digest", "task", "classes", "taught", "signed_by", "active"}
    back = ask("rollback", "--why", "rejects good parts", *at)
    assert (back["new"], back["name"]) == (first["new"], "one")
    assert order_from(station, Wishes()).model == Path(back["folder"])
    again = ask("promote", second["new"][:15], "--why", "tried again", "--db", tmp_path / "r.db")
    assert again["name"] == "two"
    ask("remove", first["new"], "--why", "taught on wrong labels", *at)
    assert [model["name"] for model in ask("list", *at)["models"]] == ["two"]
    with History(tmp_path / "r.db") as history:
        codes = [event.message.code for event in reversed(history.events())]
        assert history.station_id == "line-7"
    assert codes == ["model.promoted", "model.promoted", "model.rolled_back", "model.promoted", "model.removed"]
    assert run(["verify", str(tmp_path / "r.db")]) == 0


def test_a_running_station_uses_the_active_model_and_keeps_its_recipes_name(
    ask: Ask, station: Path, pair: tuple[Path, Path]
) -> None:
    with pytest.raises(SettingsError, match="loupe models promote"):
        order_from(station, Wishes())
    for path in pair:
        folder = ask("promote", path, "--why", "x", "--station", station)["folder"]
        order = order_from(station, Wishes())
        assert str(order.model) == folder
        assert order.recipe.name == "line-7"
    assert order_from(station, Wishes(model=pair[0])).model == pair[0]


def test_a_run_makes_up_for_an_event_that_a_power_cut_kept_out(
    ask: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    from hmi.station.models import read_state, write_state

    ask("promote", pair[0], "--why", "x", "--station", station)
    shelf = place_of(station, None).shelf
    state = read_state(shelf)
    due = state.changes[0].model_copy(update={"id": "due", "recorded": False, "why": "cut off"})
    write_state(shelf, state.model_copy(update={"changes": (*state.changes, due)}))
    assert run(["run", str(station), "--headless", "--parts", "3", "--provider", "cpu", "--json"]) == 0
    with History(tmp_path / "r.db") as history:
        assert "cut off" in {event.message.args.get("why") for event in history.events()}
    assert run(["verify", str(tmp_path / "r.db")]) == 0


def test_a_station_runs_only_what_it_accepts(ask: Ask, refused: Ask, pair: tuple[Path, Path], tmp_path: Path) -> None:
    key = ask("key")["key"]
    strict = written(tmp_path, f'accept = ["{key.upper().replace("ED25519", "ed25519")}"]\n')
    code, text = refused("promote", pair[0], "--why", "x", "--station", strict)
    assert code == 2
    assert "is not signed" in text
    assert not (tmp_path / "r.db").exists()
    assert run(["run", str(strict), "--model", str(pair[0]), "--headless", "--parts", "1"]) == 2
    assert ask("show", pair[0], "--station", strict)["signature"]["accepted"] is False
    assert ask("show", pair[0])["signature"]["accepted"] is None
    ask("sign", pair[0])
    assert ask("promote", pair[0], "--why", "x", "--station", strict)["changed"]
    assert ask("list", "--station", strict)["models"][0]["signature"]["accepted"] is True
    assert run(["run", str(strict), "--headless", "--parts", "2", "--provider", "cpu"]) == 0
    (Path(place_of(strict, None).shelf) / ask("list", "--station", strict)["models"][0]["folder"] / "x").write_text("")
    assert run(["run", str(strict), "--headless", "--parts", "2", "--provider", "cpu"]) == 2


@pytest.mark.parametrize("key", ["ed25519:abc", "rsa:" + "0" * 64, "0" * 64, ""])
def test_a_key_that_is_none_is_refused_with_its_line(tmp_path: Path, refused: Ask, key: str) -> None:
    code, text = refused("list", "--station", written(tmp_path, f'accept = ["{key}"]\n'))
    assert code == 2
    assert "line 8" in text
    assert "loupe models key" in text


def test_beside_a_running_station_the_answer_is_3_and_nothing_changes(
    ask: Ask, refused: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    ask("promote", pair[0], "--why", "x", "--station", station)
    before = ask("list", "--station", station)
    journal = Journal(tmp_path / "r.db", station_id="line-7")
    journal.open()
    try:
        for command in (("promote", pair[1]), ("rollback",), ("remove", before["active"])):
            code, text = refused(*command, "--why", "x", "--station", station)
            assert code == 3
            assert "in use by another station" in text
            assert "was not changed" in text
    finally:
        journal.close()
    assert ask("list", "--station", station) == before


def test_a_package_named_in_the_station_file_outweighs_the_shelf(
    ask: Ask, pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    station = written(tmp_path, 'package = "one"\n')
    assert ask("promote", pair[1], "--why", "x", "--station", station)["in_force"] is False
    assert order_from(station, Wishes()).model == pair[0]
    assert run(["models", "rollback", "--why", "x", "--station", str(station)]) == 2
    assert run(["models", "promote", str(pair[0]), "--why", "x", "--station", str(station)]) == 0
    assert "outweighs the shelf" in capsys.readouterr().err
    assert run(["models", "list", "--station", str(station)]) == 0
    assert "not in force" in capsys.readouterr().out


def test_a_shelf_can_lie_elsewhere(ask: Ask, pair: tuple[Path, Path], tmp_path: Path) -> None:
    station = written(tmp_path, 'shelf = "models/line"\n')
    folder = ask("promote", pair[0], "--why", "x", "--station", station)["folder"]
    assert Path(folder).parent == tmp_path / "models" / "line"


def test_the_station_file_in_this_folder_is_meant_where_none_is_named(
    ask: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    station.rename(tmp_path / "station.toml")
    ask("promote", pair[0], "--why", "x")
    digest = ask("list")["active"]
    assert ask("show", digest[7:15])["digest"] == digest


def test_bad_input_is_one_sentence_and_2(refused: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "no_db.toml").write_text("")
    at = ("--station", station)
    cases: list[tuple[object, ...]] = [
        ("list",),
        ("list", "--station", tmp_path / "nowhere.toml"),
        ("list", "--db", tmp_path / "nowhere.db"),
        ("list", "--db", tmp_path / "text.txt"),
        ("list", "--station", tmp_path / "no_db.toml"),
        ("list", *at, "--db", tmp_path / "r.db"),
        ("show", tmp_path / "nowhere"),
        ("show", tmp_path / "text.txt"),
        ("show", "abcdef12", *at),
        ("compare", pair[0]),
        ("compare", pair[0], tmp_path / "nowhere"),
        ("compare", pair[0], pair[1], tmp_path / "nowhere"),
        ("promote", pair[0], *at),
        ("promote", pair[0], "--why", " ", *at),
        ("promote", pair[0], "--why", "x"),
        ("promote", tmp_path / "nowhere", "--why", "x", *at),
        ("promote", tmp_path / "text.txt", "--why", "x", *at),
        ("rollback", *at),
        ("rollback", "--why", "x", *at),
        ("remove", "abcdef12", "--why", "x", *at),
        ("sign", tmp_path / "nowhere"),
        ("sign", tmp_path / "text.txt"),
        ("polish",),
    ]
    for case in cases:
        code, text = refused(*case)
        assert code == 2, (case, text)


def test_a_damaged_version_is_listed_as_such(
    ask: Ask, station: Path, pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(ask("promote", pair[0], "--why", "x", "--station", station)["folder"])
    (folder / "model.onnx").write_bytes(b"rotten")
    assert "model.onnx" in ask("list", "--station", station)["models"][0]["problem"]
    (folder / "manifest.json").write_bytes(b"")
    model = ask("list", "--station", station)["models"][0]
    assert model["digest"] == f"sha256:{folder.name}"
    assert run(["models", "list", "--station", str(station)]) == 0
    assert "cannot be used" in capsys.readouterr().out


def test_show_tells_everything(ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shutil.copytree(Path(__file__).parents[2] / "resources/models/ring_demo", tmp_path / "ring")
    answer = ask("show", path)
    assert answer["manifest"]["name"] == "ring_demo"
    assert answer["card"].startswith("# ring_demo")
    assert answer["evaluation"]["accuracy"] == 1.0
    assert answer["signature"] == {"state": "unsigned", "key": None, "key_id": None, "signed": None, "accepted": None}
    ask("sign", path)
    assert run(["models", "show", str(path)]) == 0
    words = capsys.readouterr().out
    assert "signed by ed25519:" in words
    assert "# ring_demo" in words


def test_a_bare_network_is_shown_too(tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bare.onnx"
    path.write_bytes(bright_network())
    answer = ask("show", path)
    assert (answer["card"], answer["evaluation"]) == ("", None)
    assert run(["models", "show", str(path)]) == 0
    assert "no card" in capsys.readouterr().out
    assert run(["models", "sign", str(path)]) == 2


def pictures(folder: Path, greys: dict[str, list[int]]) -> Path:
    for label, values in greys.items():
        (folder / label).mkdir(parents=True)
        for number, grey in enumerate(values):
            cv2.imwrite(str(folder / label / f"{number:02d}.png"), np.full((8, 8, 3), grey, np.uint8))
    return folder


def test_compare_says_where_two_models_differ_and_whether_it_may_be_chance(
    ask: Ask, pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One rejects from grey 128 on, two from 179 on: the greys between are where they differ."""
    bright = [*range(150, 171), 250]
    dataset = pictures(tmp_path / "set", {"good": [10, 140], "bright": bright})
    answer = ask("compare", *pair, dataset, "--provider", "cpu")
    differing = {row["field"]: (row["a"], row["b"]) for row in answer["manifest"] if not row["same"]}
    assert differing == {"name": ("one", "two"), "threshold": (0.5, 0.7)}
    judged = answer["pictures"]
    expected = 2 * binom.cdf(1, 22, 0.5)
    for by in ("verdict", "label"):
        pairs = judged[by]
        assert [pairs[k] for k in ("both_right", "only_a_right", "only_b_right", "both_wrong")] == [2, 21, 1, 0]
        assert pairs["p_value"] == pytest.approx(expected, rel=1e-12)
    assert len(judged["disagreements"]) == 22
    first = judged["disagreements"][0]
    assert Path(first["path"]).is_file()
    assert (first["truth"], first["a"]["verdict"], first["b"]["verdict"]) == ("bright", "NOT_OK", "OK")
    assert judged["figures"]["b"]["escapes"] == 21
    assert run(["models", "compare", *map(str, pair), str(dataset), "--provider", "cpu"]) == 0
    words = capsys.readouterr().out
    assert "A is better" in words
    assert "and 2 more" in words
    assert run(["models", "compare", str(pair[0]), str(pair[0]), str(dataset), "--provider", "cpu"]) == 0
    assert "p = 1: no difference" in capsys.readouterr().out


def test_models_with_other_names_for_the_same_classes_are_compared(ask: Ask, tmp_path: Path) -> None:
    one = write_bright(tmp_path / "one")
    two = write_bright(tmp_path / "two", classes=["ok", "bright"], good_class="ok")
    three = write_bright(tmp_path / "three", classes=["ok", "glare"], good_class="ok")
    dataset = pictures(tmp_path / "set", {"good": [10], "bright": [250]})
    judged = ask("compare", one, two, dataset, "--provider", "cpu")["pictures"]
    assert (judged["disagreements"], judged["label"]["both_right"], judged["verdict"]["both_right"]) == ([], 2, 2)
    judged = ask("compare", one, three, dataset, "--provider", "cpu")["pictures"]
    assert judged["label"] is None
    assert judged["verdict"]["both_right"] == 2
    assert [said["b"]["label"] for said in judged["disagreements"]] == ["glare"]


def test_without_good_parts_only_labels_are_compared(ask: Ask, tmp_path: Path) -> None:
    one = write_bright(tmp_path / "one", classes=["dim", "bright"], good_class=None)
    judged = ask("compare", one, one, pictures(tmp_path / "set", {"dim": [10], "bright": [250]}))["pictures"]
    assert judged["verdict"] is None
    assert judged["label"]["both_right"] == 2


def test_the_exact_mcnemar_test() -> None:
    """1 against 9, by hand: 2 * (1 + 10) / 2**10."""
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(1, 9) == mcnemar(9, 1) == pytest.approx(22 / 1024, rel=1e-12)
    assert mcnemar(0, 20) == pytest.approx(2 / 2**20, rel=1e-12)
    found = pairing([True, True, False, False], [True, False, True, False])
    assert (found.both_right, found.only_a_right, found.only_b_right, found.both_wrong) == (1, 1, 1, 1)


def test_the_answers_in_words(
    station: Path, pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--station", str(station))

    def said(*arguments: str) -> str:
        assert run(["models", *arguments]) == 0
        return capsys.readouterr().out

    assert "no model yet" in said("list", *at)
    key = said("key").strip()
    assert key.startswith("ed25519:")
    assert f"signed by {key}" in said("sign", str(pair[0]))
    assert "is active now on line-7" in said("promote", str(pair[0]), "--why", "x", *at)
    assert "nothing was changed" in said("promote", str(pair[0]), "--why", "x", *at)
    assert "* " in said("list", *at)
    said("promote", str(pair[1]), "--why", "x", *at)
    assert "is active again" in said("rollback", "--why", "x", *at)
    dataset = pictures(tmp_path / "set", {"good": [140], "bright": [250]})
    assert "may be chance" in said("compare", *map(str, pair), str(dataset), "--provider", "cpu")


def test_a_record_without_a_place_in_the_station_file_takes_no_change(
    refused: Ask, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    station = tmp_path / "line.toml"
    station.write_text('[model]\nshelf = "m"\n')
    assert run(["models", "list", "--station", str(station)]) == 0
    code, text = refused("promote", pair[0], "--why", "x", "--station", station)
    assert code == 2
    assert "say where the change is recorded" in text


def test_figures_that_cannot_be_read_are_none(ask: Ask, tmp_path: Path) -> None:
    from inference.model.package import sha256

    for number, content in enumerate([b"{", b"[]", b"{}", b'{"accuracy": "high"}']):
        folder = write_bright(tmp_path / f"p{number}", files={"evaluation.json": sha256(content)})
        (folder / "evaluation.json").write_bytes(content)
        assert ask("show", folder)["evaluation"] is None


def test_who_nobody_knows_is_unknown(
    ask: Ask, station: Path, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import getpass

    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    ask("promote", pair[0], "--why", "x", "--station", station)
    with History(tmp_path / "r.db") as history:
        assert history.events()[0].actor_id == "operator:unknown"
