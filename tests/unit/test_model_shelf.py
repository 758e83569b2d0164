"""A station's shelf: promote and roll back, each recorded; what is wrong changes nothing and says what it is."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hmi.station.promotion as promotion_module
from hmi.station.models import (
    STATE_FILE,
    ShelfRefused,
    ShelfUnavailable,
    active_package,
    find,
    read_state,
    shelf_beside,
    versions,
    write_state,
)
from hmi.station.promotion import Post, Reason, promote, remove, roll_back, settle
from inference.model.package import PackageError, load_package
from inference.model.seal import sign_package
from inference.model.signing import public_key
from inference.pipeline.ports import SinkFault
from storage.errors import RecordUnavailable
from storage.history import History
from storage.journal import Journal
from storage.verify import verify
from tests.unit.model_parts import bright_network, plain_classifier, write_bright

MINE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WHY = Reason("operator:ada", "fewer false rejects")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    db = tmp_path / "line.db"
    return Post(shelf_beside(db), db, "station-1", "Europe/Berlin")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("packages")
    return [write_bright(folder / f"p{n}", threshold=n / 10, name=f"p{n}") for n in range(1, 5)]


def active_name(post: Post) -> str:
    folder = active_package(post.shelf)
    assert folder is not None
    return load_package(folder).name


def events(post: Post) -> list[tuple[str, str]]:
    with History(post.db, post.station_id) as history:
        return [(event.message.code, str(event.message.args["name"])) for event in reversed(history.events())]


def test_promotion_and_rollback_are_recorded_with_who_why_old_and_new(post: Post, packages: list[Path]) -> None:
    first, second = load_package(packages[0]), load_package(packages[1])
    assert active_package(post.shelf) is None
    assert promote(post, first, WHY).old == ""
    outcome = promote(post, second, Reason("operator:bob", " better "))
    assert (outcome.changed, outcome.old, outcome.new) == (True, first.digest, second.digest)
    back = roll_back(post, WHY)
    assert (back.old, back.new, back.name) == (second.digest, first.digest, "p1")
    assert active_name(post) == "p1"
    assert events(post) == [("model.promoted", "p1"), ("model.promoted", "p2"), ("model.rolled_back", "p1")]
    with History(post.db, post.station_id) as history:
        event = history.events()[1]
    assert event.actor_id == "operator:bob"
    assert dict(event.message.args) == {
        "name": "p2",
        "digest": second.digest,
        "old": first.digest,
        "new": second.digest,
        "signed_by": "",
        "why": "better",
    }
    assert verify(post.db).ok
    assert all(change.recorded for change in read_state(post.shelf).changes)


def test_rolling_back_goes_further_back_each_time(post: Post, packages: list[Path]) -> None:
    for path in packages[:3]:
        promote(post, load_package(path), WHY)
    names = [roll_back(post, WHY).name for _ in range(2)]
    assert names == ["p2", "p1"]
    with pytest.raises(ShelfRefused, match="nothing to roll back to"):
        roll_back(post, WHY)
    assert active_name(post) == "p1"
    assert sorted(v.manifest.name for v in versions(post.shelf) if v.manifest) == ["p1", "p2", "p3"]


def test_rolling_back_takes_less_than_two_seconds(post: Post, packages: list[Path]) -> None:
    for path in packages[:2]:
        promote(post, load_package(path), WHY)
    began = time.perf_counter()
    roll_back(post, WHY)
    assert time.perf_counter() - began < 2


def test_the_active_model_again_changes_nothing(post: Post, packages: list[Path]) -> None:
    package = load_package(packages[0])
    promote(post, package, WHY)
    assert not promote(post, package, WHY).changed
    assert len(read_state(post.shelf).stack) == 1
    assert len(events(post)) == 1


def test_the_shelf_keeps_the_package_byte_for_byte(post: Post, packages: list[Path], tmp_path: Path) -> None:
    shutil.copytree(packages[0], tmp_path / "mine")
    (tmp_path / "mine" / "extra.txt").write_text("signed, too")
    sign_package(tmp_path / "mine", MINE)
    outcome = promote(post, load_package(tmp_path / "mine"), WHY)
    kept = {p.relative_to(outcome.folder): p.read_bytes() for p in outcome.folder.rglob("*") if p.is_file()}
    given = {p.relative_to(tmp_path / "mine"): p.read_bytes() for p in (tmp_path / "mine").rglob("*") if p.is_file()}
    assert kept == given
    assert load_package(outcome.folder).signature is not None


def test_the_same_model_signed_later_is_a_version_of_its_own(post: Post, packages: list[Path], tmp_path: Path) -> None:
    shutil.copytree(packages[0], tmp_path / "mine")
    plain = promote(post, load_package(tmp_path / "mine"), WHY)
    sign_package(tmp_path / "mine", MINE)
    signed = promote(post, load_package(tmp_path / "mine"), WHY)
    assert signed.changed
    assert signed.new == plain.new
    assert [v.signature is not None for v in versions(post.shelf)] == [False, True]
    with pytest.raises(ShelfRefused, match="several versions"):
        find(post.shelf, plain.new)
    assert find(post.shelf, signed.folder.name) == signed.folder


def test_a_bare_network_becomes_a_whole_package(post: Post, tmp_path: Path) -> None:
    path = tmp_path / "foreign.onnx"
    path.write_bytes(plain_classifier(names="{0: 'good', 1: 'rust'}"))
    package = load_package(path)
    outcome = promote(post, package, WHY)
    kept = load_package(outcome.folder)
    assert (kept.digest, kept.model, kept.name) == (package.digest, package.model, "foreign")


def test_only_accepted_signatures_come_on_the_shelf(post: Post, packages: list[Path], tmp_path: Path) -> None:
    strict = Post(post.shelf, post.db, post.station_id, accept=(public_key(MINE),))
    with pytest.raises(PackageError, match="is not signed"):
        promote(strict, load_package(packages[0]), WHY)
    assert not post.db.exists()
    assert not post.shelf.exists()
    shutil.copytree(packages[0], tmp_path / "mine")
    sign_package(tmp_path / "mine", MINE)
    promote(post, load_package(packages[1]), WHY)
    promote(strict, load_package(tmp_path / "mine"), WHY)
    with pytest.raises(PackageError, match="is not signed"):
        roll_back(strict, WHY)
    assert active_name(post) == "p1"


def test_beside_a_running_station_nothing_changes(post: Post, packages: list[Path]) -> None:
    promote(post, load_package(packages[0]), WHY)
    before = sorted(path.name for path in post.shelf.iterdir())
    journal = Journal(post.db, station_id=post.station_id, zone=post.zone)
    journal.open()
    try:
        with pytest.raises(RecordUnavailable, match=r"in use by another station.*was not changed"):
            promote(post, load_package(packages[1]), WHY)
        with pytest.raises(RecordUnavailable):
            roll_back(post, WHY)
    finally:
        journal.close()
    assert sorted(path.name for path in post.shelf.iterdir()) == before
    assert active_name(post) == "p1"


def test_two_commands_at_once_on_one_shelf(post: Post, packages: list[Path], tmp_path: Path) -> None:
    other = Post(post.shelf, tmp_path / "other.db", "station-2")
    with (
        promotion_module._held(other, WHY),
        pytest.raises(ShelfUnavailable, match="in use by another command"),
    ):
        promote(post, load_package(packages[0]), WHY)
    promote(post, load_package(packages[0]), WHY)


def test_an_event_that_the_record_refuses_undoes_the_change(
    post: Post, packages: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(post, load_package(packages[0]), WHY)

    def full(*_: object) -> None:
        raise SinkFault("the disk is nearly full")

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "append", full)
        with pytest.raises(SinkFault):
            promote(post, load_package(packages[1]), WHY)
    assert active_name(post) == "p1"
    assert promote(post, load_package(packages[1]), WHY).changed
    assert [name for _, name in events(post)] == ["p1", "p2"]


def test_an_event_still_due_is_made_up_for_once(post: Post, packages: list[Path]) -> None:
    promote(post, load_package(packages[0]), WHY)
    state = read_state(post.shelf)
    due = state.changes[0].model_copy(update={"id": "due", "recorded": False, "name": "cut off"})
    write_state(post.shelf, state.model_copy(update={"changes": (*state.changes, due)}))
    settle(post)
    settle(post)
    assert [name for _, name in events(post)] == ["p1", "cut off"]
    # a crash after the event and before the note of it: the event is not written twice
    write_state(post.shelf, state.model_copy(update={"changes": (*state.changes, due)}))
    promote(post, load_package(packages[1]), WHY)
    assert [name for _, name in events(post)] == ["p1", "cut off", "p2"]
    assert verify(post.db).ok


def test_an_event_that_cannot_be_made_up_for_now_stays_due(post: Post, packages: list[Path]) -> None:
    promote(post, load_package(packages[0]), WHY)
    state = read_state(post.shelf)
    due = state.changes[0].model_copy(update={"id": "due", "recorded": False})
    write_state(post.shelf, state.model_copy(update={"changes": (*state.changes, due)}))
    journal = Journal(post.db, station_id=post.station_id)
    journal.open()
    try:
        settle(post)
    finally:
        journal.close()
    assert not read_state(post.shelf).changes[-1].recorded


@pytest.mark.parametrize("why", ["", "  ", "\n"])
def test_an_empty_reason_is_refused(post: Post, packages: list[Path], why: str) -> None:
    with pytest.raises(ShelfRefused, match="say why"):
        promote(post, load_package(packages[0]), Reason("operator:ada", why))
    assert not post.db.exists()


def test_the_active_model_cannot_be_removed(post: Post, packages: list[Path]) -> None:
    for path in packages[:2]:
        promote(post, load_package(path), WHY)
    first, second = (find(post.shelf, load_package(path).digest) for path in packages[:2])
    with pytest.raises(ShelfRefused, match="is the active model"):
        remove(post, second, WHY)
    outcome = remove(post, first, WHY)
    assert outcome.new == load_package(packages[1]).digest
    assert [v.folder for v in versions(post.shelf)] == [second]
    assert events(post)[-1] == ("model.removed", "p1")
    with pytest.raises(ShelfRefused, match="nothing to roll back to"):
        roll_back(post, WHY)


def test_removing_one_between_leaves_a_rollback_that_changes_something(post: Post, packages: list[Path]) -> None:
    first, second, third = (load_package(path) for path in packages[:3])
    for package in (first, second, third, second):
        promote(post, package, WHY)
    remove(post, find(post.shelf, third.digest), WHY)
    assert roll_back(post, WHY).new == first.digest


def test_a_damaged_version_is_told_and_never_made_active(post: Post, packages: list[Path]) -> None:
    for path in packages[:2]:
        promote(post, load_package(path), WHY)
    first = find(post.shelf, load_package(packages[0]).digest[:20])
    (first / "model.onnx").write_bytes(b"rotten")
    with pytest.raises(ShelfUnavailable, match=r"model\.onnx.*active model stays"):
        roll_back(post, WHY)
    assert active_name(post) == "p2"
    problems = {v.folder: v.problem for v in versions(post.shelf)}
    assert "model.onnx" in problems[first]
    assert promote(post, load_package(packages[0]), WHY).folder.name == f"{first.name}.2"
    assert active_name(post) == "p1"
    remove(post, first, WHY)
    assert not first.exists()


def test_what_a_version_may_be_called(post: Post, packages: list[Path]) -> None:
    package = load_package(packages[0])
    folder = promote(post, package, WHY).folder
    digits = package.digest.removeprefix("sha256:")
    for said in (package.digest, digits, digits[:6].upper(), f"sha256:{digits[:10]}", folder.name):
        assert find(post.shelf, said) == folder
    for said in ("", "abc", digits[:5], "sha256:", "g" * 8, "../" + folder.name, "0" * 64):
        with pytest.raises(ShelfRefused):
            find(post.shelf, said)
    with pytest.raises(ShelfRefused):
        find(post.shelf / "nowhere", digits)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"stack": [{"folder": "../../etc", "model": "", "name": ""}]}', '{"more": 1}']
)
def test_a_damaged_shelf_is_told(post: Post, packages: list[Path], content: str) -> None:
    promote(post, load_package(packages[0]), WHY)
    (post.shelf / STATE_FILE).write_text(content)
    with pytest.raises(ShelfUnavailable, match="is damaged") as caught:
        promote(post, load_package(packages[1]), WHY)
    assert "\n" not in str(caught.value)
    assert (post.shelf / STATE_FILE).read_text() == content


def test_a_newer_shelf_is_told(post: Post) -> None:
    post.shelf.mkdir()
    (post.shelf / STATE_FILE).write_text('{"format": 2}')
    with pytest.raises(ShelfUnavailable, match="newer Loupe"):
        read_state(post.shelf)


def test_a_shelf_that_is_a_file_is_told(post: Post, packages: list[Path]) -> None:
    post.shelf.write_text("")
    assert active_package(post.shelf) is None
    with pytest.raises(OSError, match="exists"):
        promote(post, load_package(packages[0]), WHY)


def test_half_written_things_are_swept_and_models_never(post: Post, packages: list[Path]) -> None:
    promote(post, load_package(packages[0]), WHY)
    (post.shelf / ".new-half").mkdir()
    (post.shelf / ".new-half" / "model.onnx").write_bytes(b"")
    (post.shelf / ".new-file").write_bytes(b"")
    (post.shelf / "notes.txt").write_bytes(b"")
    promote(post, load_package(packages[1]), WHY)
    left = {path.name for path in post.shelf.iterdir()}
    assert {"notes.txt", STATE_FILE} <= left
    assert len(list(versions(post.shelf))) == 2
    assert not [name for name in left if name.startswith(".new-")]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_shelf_can_be_read_by_other_users(post: Post, packages: list[Path]) -> None:
    folder = promote(post, load_package(packages[0]), WHY).folder
    for path in (folder, folder / "model.onnx", post.shelf / STATE_FILE):
        assert path.stat().st_mode & 0o044


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from([0, 1, 2, 3, "back"]), min_size=1, max_size=8))
def test_the_active_model_follows_the_stack(
    wishes: list[int | str], packages: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("law")
    post = Post(folder / "m", folder / "r.db", "s")
    stack: list[str] = []
    recorded = 0
    for wish in wishes:
        if isinstance(wish, int):
            outcome = promote(post, load_package(packages[wish]), WHY)
            assert outcome.changed == (stack[-1:] != [f"p{wish + 1}"])
            stack += [f"p{wish + 1}"] if outcome.changed else []
            recorded += outcome.changed
        elif len(stack) < 2:
            with pytest.raises(ShelfRefused):
                roll_back(post, WHY)
        else:
            roll_back(post, WHY)
            stack.pop()
            recorded += 1
        assert [held.name for held in read_state(post.shelf).stack] == stack
        if stack:
            assert active_name(post) == stack[-1]
    if recorded:
        assert len(events(post)) == recorded
    answer = verify(post.db)
    assert answer.ok, answer.problems
    shutil.rmtree(folder)


def test_shelf_json_is_meant_for_people_too(post: Post, packages: list[Path]) -> None:
    promote(post, load_package(packages[0]), WHY)
    raw = json.loads((post.shelf / STATE_FILE).read_text())
    assert raw["stack"][-1]["name"] == "p1"
    assert raw["changes"][-1]["why"] == WHY.why
    assert (post.shelf / raw["stack"][-1]["folder"] / "model.onnx").read_bytes() == bright_network()
