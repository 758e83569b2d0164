"""The composition root: the only file that names concrete classes of all four rooms.

Promises: what can be refused is refused here, before a thread starts: a missing package, a damaged one, a record that
cannot be written. Never imports Qt.
May import: everything but hmi.window.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version

from camera.clock import SystemClock
from camera.line.none import NoOutput
from camera.source import FrameSource, Pacing
from hmi.station.events_file import EventsFile, event_line
from hmi.station.order import Order
from hmi.station.promotion import Post, settle
from inference.document import digest_of
from inference.inspection import Job
from inference.inspector import Inspector
from inference.locate.locator import make_locators
from inference.model.package import ModelPackage, check_accepted, load_package
from inference.model.session import ModelSession
from inference.pipeline.camera_plan import CameraPlan
from inference.pipeline.ids import new_id
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.station import Parts, Station
from inference.pipeline.storage_stage import CommitListener, StoragePlan
from inference.pipeline.track import Spec
from inference.recipe import CircleStep, Recipe
from storage.history import History, PartLine
from storage.journal import Journal

_GROUP_S = {Pacing.ON_DEMAND: 0.05, Pacing.FREE_RUN: 0.01, Pacing.TRIGGERED: 0.0}
"""How long a part waits for company before its commit: at full speed a commit is shared, on a line nobody waits."""
_CHART_POINTS = 2000
_RESUME_PARTS = 20_000
_PAGE = 500
_SWITCH_S = 0.0005
"""A thread back from the network waits at most this long for Python's lock; the default of 5 ms costs a tenth of the
throughput."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A station with what the command or the window needs beside it."""

    station: Station
    order: Order
    package: ModelPackage
    events: EventsFile | None = None

    def close(self) -> None:
        """After the station has ended."""
        if self.events is not None:
            self.events.close()


def compose(order: Order) -> Composition:
    """Build a station that has not started.

    Raises:
        SourceNotFound: the folder or file is not there.
        PackageError: the model package cannot be used, or nobody whom the station accepts signed it.
        LocateError: a picture that the recipe names cannot be used.
        OSError: the events file cannot be opened.
        StorageError: the record is not one of ours.

    """
    sys.setswitchinterval(_SWITCH_S)
    package = load_package(order.model)
    check_accepted(package, order.accept)
    make_locators(order.recipe.steps, order.recipe_folder)
    events = _events_file(order)
    listeners: tuple[CommitListener, ...] = () if events is None else (events,)
    pacing = _tried(order.source()).pacing
    if order.shelf is not None:
        settle(Post(order.shelf, order.db, order.station_id, order.zone))
    clock = SystemClock()
    parts = Parts(
        clock=clock,
        job=_job(order, package, clock),
        documents=_documents(order, package),
        source=order.source,
        triggers=lambda: order.triggers() if order.triggers else None,
        output=NoOutput,
        inspector=lambda: Inspector(
            order.recipe,
            ModelSession(package, order.provider, order.threads),
            make_locators(order.recipe.steps, order.recipe_folder),
        ),
        monitor=lambda: SpcMonitor(order.recipe.charts, _specs(order.recipe), _CHART_POINTS, order.recipe.cavities),
        sink=lambda: Journal(
            order.db, station_id=order.station_id, zone=order.zone, images=order.images, software=_software()
        ),
        camera=_camera_plan(order, pacing),
        storage=StoragePlan(
            station_id=order.station_id,
            recipe=order.recipe.name,
            recipe_digest=order.recipe.digest,
            resume_limit=_RESUME_PARTS,
            group_s=_GROUP_S[pacing],
            give_up_after_s=None if order.window else order.give_up_after_s,
            disk_low_bytes=order.images.floor_ok_bytes,
            queue_alarm=pacing is not Pacing.ON_DEMAND,
        ),
        listeners=listeners,
    )
    return Composition(Station(parts), order, package, events)


def _tried(source: FrameSource) -> FrameSource:
    """A folder or file that is not there is told before a database is made for it. A camera may come later."""
    if not source.live:
        source.open()
        source.close()
    return source


def _software() -> str:
    """Name and version of this program, kept with every job."""
    try:
        return f"loupe-station {version('loupe-station')}"
    except PackageNotFoundError:
        return "loupe-station (source tree)"


def _camera_plan(order: Order, pacing: Pacing) -> CameraPlan:
    return CameraPlan(
        pacing=pacing,
        view=order.recipe.views[0],
        cycle_s=order.cycle_s,
        trigger_timeout_s=order.trigger_timeout_s,
        parts=order.parts,
        end_with_source=order.end_with_source,
        give_up_after_s=None if order.window else order.give_up_after_s,
        patient_start=order.window,
        period_s=order.period_s,
        serial_pattern=order.serial_pattern,
    )


def _job(order: Order, package: ModelPackage, clock: SystemClock) -> Job:
    return Job(
        id=new_id(),
        station_id=order.station_id,
        product=order.product or order.recipe.product,
        lot=order.lot,
        recipe=f"{order.recipe.name} r{order.recipe.revision}",
        recipe_digest=order.recipe.digest,
        model=package.name,
        model_digest=package.digest,
        operator_id=order.operator_id,
        started=clock.now(),
    )


def _documents(order: Order, package: ModelPackage) -> dict[str, str]:
    """What the records name by digest and the database keeps whole."""
    documents = {order.recipe.digest: order.recipe.canonical_json(), package.digest: package.manifest.canonical_json()}
    if order.settings_document:
        documents[digest_of(order.settings_document)] = order.settings_document
    return documents


def _specs(recipe: Recipe) -> dict[str, Spec]:
    """Characteristic → unit and spec limits, for the charts."""
    return {s.characteristic: Spec("mm", s.lower, s.upper) for s in recipe.steps if isinstance(s, CircleStep)}


def _events_file(order: Order) -> EventsFile | None:
    if order.events is None:
        return None

    def recorded_after(seq: int) -> list[bytes]:
        if not order.db.exists():
            return []
        with History(order.db, order.station_id) as history:
            return [_line(part) for part in reversed(list(_newer_than(history, seq)))]

    events = EventsFile(order.events, recorded_after)
    events.catch_up()
    return events


def _newer_than(history: History, seq: int) -> Iterator[PartLine]:
    """Parts after `seq`, newest first."""
    before: int | None = None
    while page := history.recent(_PAGE, before_seq=before):
        for part in page:
            if part.seq <= seq:
                return
            yield part
        before = page[-1].seq


def _line(part: PartLine) -> bytes:
    return event_line(part.seq, part.id, part.serial, part.machine_verdict, part.at.astimezone(UTC))
