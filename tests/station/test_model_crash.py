"""The power goes during a change of the model: the old one or the new one is active, and the record tells which."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hmi.station.models import active_package, read_state
from hmi.station.promotion import Post, Reason, promote, settle
from inference.durable import SCRATCH
from inference.model.package import load_package
from storage.history import History
from storage.verify import verify
from tests.unit.model_parts import write_bright

ROOT = Path(__file__).resolve().parents[2]
WHY = Reason("operator:ada", "x")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

# Forks a child for every step: it dies (SIGKILL) at its n-th act on the disk, half of a file's bytes included.
DRIVER = """
import json, os, shutil, signal, sys
from pathlib import Path
from hmi.station.models import active_package
from hmi.station.promotion import Post, Reason, promote, roll_back
from inference.model.package import load_package

root, what = Path(sys.argv[1]), sys.argv[2]
WHY = Reason("operator:ada", "x")
new = load_package(root / "new")

def change(post):
    promote(post, new, WHY) if what == "promote" else roll_back(post, WHY)

def child(folder, last):
    post = Post(folder / "r_models", folder / "r.db", "s")
    left = last
    def act(*_):
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    write = os.write
    def half(descriptor, content):
        act()
        written = write(descriptor, content[: max(1, len(content) // 2)])
        act()
        return written
    os.write = half
    acts = {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.chmod", "tempfile.mkstemp"}
    sys.addaudithook(lambda event, args: act() if event in acts else None)
    fsync = os.fsync
    os.fsync = lambda descriptor: (act(), fsync(descriptor))[1]
    change(post)
    os._exit(0)

n = 0
while True:
    folder = root / f"{what}{n:03d}"
    shutil.copytree(root / "before", folder)
    pid = os.fork()
    if pid == 0:
        child(folder, n)
    status = os.waitpid(pid, 0)[1]
    if not os.WIFSIGNALED(status):
        break
    n += 1
print(json.dumps([n, os.waitstatus_to_exitcode(status)]))
"""


def prepared(root: Path) -> tuple[str, str, str]:
    """`before`: a station that went from the eldest model to the old one; `new` is still to come. Their digests."""
    post = Post(root / "before" / "r_models", root / "before" / "r.db", "s")
    digests: list[str] = []
    for n, name in enumerate(("eldest", "old", "new"), start=1):
        package = load_package(write_bright(root / name, name=name, threshold=n / 10))
        digests.append(package.digest)
        if name != "new":
            promote(post, package, WHY)
    return digests[0], digests[1], digests[2]


def check(folder: Path, old: str, new: str) -> bool:
    """One of both is active and whole, and after the next start the record tells which. True where it is the new."""
    post = Post(folder / "r_models", folder / "r.db", "s")
    place = active_package(post.shelf)
    assert place is not None
    active = load_package(place).digest
    assert active in {old, new}
    settle(post)
    assert all(change.recorded for change in read_state(post.shelf).changes)
    with History(post.db, "s") as history:
        last = history.events()[0].message.args
    assert last["new"] == active
    answer = verify(post.db)
    assert answer.ok, answer.problems
    return active == new


@pytest.mark.parametrize("what", ["promote", "rollback"])
def test_killed_at_any_step_one_model_is_active_and_the_record_tells_which(tmp_path: Path, what: str) -> None:
    eldest, old, new = prepared(tmp_path)
    target = new if what == "promote" else eldest
    answer = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path), what], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    steps, code = json.loads(answer.stdout)
    assert code == 0
    assert steps > 20
    switched = [check(tmp_path / f"{what}{n:03d}", old, target) for n in range(steps + 1)]
    assert switched == sorted(switched), "once the new one is active it stays so"
    assert switched[-1]
    assert not switched[0]
    # the same command again does the rest, and takes away what was half-written
    for n in range(0, steps, 7):
        folder = tmp_path / f"{what}{n:03d}"
        post = Post(folder / "r_models", folder / "r.db", "s")
        promote(post, load_package(tmp_path / "new"), WHY)
        assert read_state(post.shelf).stack[-1].model == new
        assert not list(post.shelf.glob(f"{SCRATCH}*"))


def test_the_command_killed_at_random_moments_leaves_a_station_that_runs(tmp_path: Path) -> None:
    _, old, new = prepared(tmp_path)
    chance, killed = random.Random(7), 0
    for n in range(6):
        folder = shutil.copytree(tmp_path / "before", tmp_path / f"k{n}")
        command = [sys.executable, "-m", "hmi", "models", "promote", str(tmp_path / "new"), "--why", "x"]
        with subprocess.Popen([*command, "--db", str(folder / "r.db")], cwd=ROOT, stdout=subprocess.DEVNULL) as child:
            time.sleep(chance.uniform(0.2, 0.8))
            child.send_signal(signal.SIGKILL)
            killed += child.wait() != 0
        check(folder, old, new)
    assert killed
