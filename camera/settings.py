"""What a station's file says of its camera.

Promises: frozen and checked; times are in milliseconds, as people write them.
May import: pydantic, camera.source, camera.process.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from camera.process import parse_drift
from camera.source import Pacing


class CameraSettings(BaseModel):
    """One camera and the beat it runs at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(default="synthetic:7", min_length=1)
    """A folder of images, a video file, `rtsp://…`, `usb:0`, `synthetic:[seed]`, or `<driver>:…` of another maker."""
    view: str = Field(default="main", min_length=1)
    pacing: Pacing | None = None
    """None: as the source is by nature. Cameras and the simulated line can also be `triggered` or `free_run`."""
    period_ms: float | None = Field(default=None, gt=0)
    """Free run: expected time between pictures. On demand: the shortest time from one picture to the next."""
    trigger_timeout_ms: float = Field(default=1000, gt=0)
    """Triggered: how long a picture may take after its trigger."""
    cycle_ms: float | None = Field(default=None, gt=0)
    """Triggered: how long one part may take until its result; a later one is recorded as an overrun."""
    open_timeout_ms: float = Field(default=5000, gt=0)
    """Network cameras: how long opening may take."""
    read_timeout_ms: float = Field(default=1000, gt=0)
    """Network cameras: how long one picture may take before the connection counts as lost."""
    loop: bool = True
    """Folders and files begin anew when they are used up."""
    drift: str | None = None
    """The simulated line: a process fault, as in `shift@300`."""
    defect_rate: float = Field(default=0.04, ge=0, le=1)
    """The simulated line: share of defective parts."""
    width_px: int | None = Field(default=None, ge=64)
    height_px: int | None = Field(default=None, ge=64)
    """Picture size asked for; None: the source's own (simulated: 640×512)."""

    @field_validator("drift")
    @classmethod
    def _drift_can_be_read(cls, drift: str | None) -> str | None:
        if drift is not None:
            parse_drift(drift)
        return drift
