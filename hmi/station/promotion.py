"""Change the active model of a station: promote, roll back, remove; each with who and why in the record's chain.

Promises: the record is taken first, so beside a running station nothing changes at all. Then, in this order: the
version lies on the shelf, `shelf.json` names it together with the event that is due, the event is in the record. The
power may go at any moment between: one version is active, and an event still due is made up for at the next start
(`settle`). Where the record refuses the event, the model active before is active again.
May import: camera.clock, inference, storage, hmi.station.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from camera.clock import Clock, Stamp, SystemClock
from hmi.station.models import (
    STATE_FILE,
    Change,
    Held,
    Kind,
    ShelfRefused,
    ShelfState,
    ShelfUnavailable,
    held_of,
    put,
    read_state,
    write_state,
)
from inference.durable import SCRATCH, sweep
from inference.message import message
from inference.model.package import ModelPackage, PackageError, check_accepted, load_package
from inference.model.signing import Signature
from inference.pipeline.events import Event, EventKind
from inference.pipeline.ids import new_id
from inference.pipeline.ports import SinkError
from storage.errors import RecordUnavailable
from storage.journal import Journal
from storage.lock import WriterLock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """The station whose model is changed: its shelf, its record, and whose signatures it accepts."""

    shelf: Path
    db: Path
    station_id: str
    zone: str = "UTC"
    accept: tuple[str, ...] = ()
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class Reason:
    """Who wants the change, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did."""

    changed: bool
    """False: the model was active already."""
    old: str
    """Digest of the model active before, empty where there was none."""
    new: str
    """Digest of the model active now."""
    name: str
    folder: Path
    event: str = ""
    """Id of the event in the record."""


def promote(post: Post, package: ModelPackage, reason: Reason) -> Outcome:
    """Copy `package` to the shelf and make it the active model.

    Raises:
        PackageError: the station does not accept it.
        ShelfRefused: no reason was given.
        SinkError, ShelfUnavailable, OSError: record or shelf cannot be used; nothing was changed.

    """
    check_accepted(package, post.accept)
    with _held(post, reason) as hands:
        before = hands.state
        held = Held(folder=put(post.shelf, package), model=package.digest, name=package.name)
        if before.active is not None and before.active.folder == held.folder:
            same = held.model
            return Outcome(changed=False, old=same, new=same, name=held.name, folder=post.shelf / held.folder)
        change = _change("promoted", hands, reason, held, package.signature)
        hands.switch((*before.stack, held), change)
        return _outcome(post, held, change)


def roll_back(post: Post, reason: Reason) -> Outcome:
    """Make the model active again that was active before. Raises as `promote`."""
    with _held(post, reason) as hands:
        stack = hands.state.stack
        if len(stack) < 2:
            raise ShelfRefused(f"{post.shelf}: no model was active before, there is nothing to roll back to")
        held = stack[-2]
        try:
            package = load_package(post.shelf / held.folder)
        except PackageError as error:
            raise ShelfUnavailable(f"{error} The active model stays: promote a sound one.") from error
        check_accepted(package, post.accept)
        change = _change("rolled_back", hands, reason, held, package.signature)
        hands.switch(stack[:-1], change)
        return _outcome(post, held, change)


def remove(post: Post, folder: Path, reason: Reason) -> Outcome:
    """Take a version off the shelf for good; never the active one.

    Raises:
        ShelfRefused: it is the active one.
        SinkError, ShelfUnavailable, OSError: as `promote`.

    """
    with _held(post, reason) as hands:
        active = hands.state.active
        if active is not None and active.folder == folder.name:
            raise ShelfRefused(f"{folder.name} is the active model and stays: promote another one first")
        gone = held_of(folder)
        change = _change("removed", hands, reason, gone)
        left = [held for held in hands.state.stack if held.folder != folder.name]
        # two neighbours may now be the same version: rolling back must still change something
        hands.switch([next(same) for _, same in groupby(left, lambda held: held.folder)], change)
        doomed = folder.rename(folder.with_name(f"{SCRATCH}removed-{folder.name}"))
        shutil.rmtree(doomed, ignore_errors=True)
        return _outcome(post, gone, change)


def settle(post: Post) -> None:
    """Make up for events that a crash kept out of the record. Where that is not possible now they stay due."""
    try:
        if any(not change.recorded for change in read_state(post.shelf).changes):
            with _held(post, None):
                pass
    except (SinkError, OSError) as error:
        _log.info("a change of the model is not in the record yet: %s", error)


@dataclass(slots=True)
class _Hands:
    """Record and shelf, both ours for the moment."""

    shelf: Path
    journal: Journal
    state: ShelfState
    clock: Clock

    def make_up(self) -> None:
        """Record what is due."""
        due = [change for change in self.state.changes if not change.recorded]
        if due:
            self.journal.append([_event(change) for change in due])
            self._recorded()

    def switch(self, stack: Sequence[Held], change: Change) -> None:
        """The new stack and its event, or neither."""
        before = self.state
        self.state = ShelfState(stack=tuple(stack), changes=(*before.changes, change))
        write_state(self.shelf, self.state)
        try:
            self.journal.append([_event(change)])
        except SinkError:
            write_state(self.shelf, before)
            raise
        self._recorded()

    def _recorded(self) -> None:
        changes = tuple(change.model_copy(update={"recorded": True}) for change in self.state.changes)
        self.state = self.state.model_copy(update={"changes": changes})
        write_state(self.shelf, self.state)


@contextmanager
def _held(post: Post, reason: Reason | None) -> Generator[_Hands]:
    """Take the record, then the shelf; let both go at the end."""
    if reason is not None and not reason.why.strip():
        raise ShelfRefused("say why the model is changed: an empty reason tells nobody anything")
    journal, lock = Journal(post.db, station_id=post.station_id, zone=post.zone), WriterLock(post.shelf / STATE_FILE)
    try:
        journal.open()
    except RecordUnavailable as error:
        raise RecordUnavailable(f"{error}; the active model was not changed") from error
    try:
        post.shelf.mkdir(parents=True, exist_ok=True)
        if not lock.acquire():
            raise ShelfUnavailable(f"the shelf {post.shelf} is in use by another command: wait until it is done")
        sweep(post.shelf)
        hands = _Hands(post.shelf, journal, read_state(post.shelf), post.clock)
        hands.make_up()
        yield hands
    finally:
        lock.release()
        journal.close()


def _change(kind: Kind, hands: _Hands, reason: Reason, held: Held, signature: Signature | None = None) -> Change:
    now = hands.clock.now()
    active = hands.state.active
    old = "" if active is None else active.model
    return Change(
        id=new_id(),
        kind=kind,
        at=now.utc.isoformat(),
        monotonic_ns=now.monotonic_ns,
        boot_id=now.boot_id,
        by=reason.by,
        why=reason.why.strip(),
        model=held.model,
        folder=held.folder,
        name=held.name,
        old=old,
        new=old if kind == "removed" else held.model,
        signed_by="" if signature is None else signature.key,
    )


def _event(change: Change) -> Event:
    at = Stamp(datetime.fromisoformat(change.at), change.monotonic_ns, change.boot_id)
    said = message(
        f"model.{change.kind}",
        name=change.name,
        digest=change.model,
        old=change.old,
        new=change.new,
        signed_by=change.signed_by,
        why=change.why,
    )
    return Event(change.id, at, EventKind.INFO, said, change.by)


def _outcome(post: Post, held: Held, change: Change) -> Outcome:
    return Outcome(
        changed=True,
        old=change.old,
        new=change.new,
        name=held.name,
        folder=post.shelf / held.folder,
        event=change.id,
    )
