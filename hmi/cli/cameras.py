"""`loupe cameras`: which sources can be named here, which USB cameras answer, and whether one source gives a picture.

May import: click; camera when it runs.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass

import click

_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What one source gave."""

    source: str
    pacing: str
    width: int
    height: int
    pixel_format: str
    period_ms: float | None
    first_picture_ms: float


@click.command("cameras", epilog="Example: loupe cameras usb:0")
@click.argument("source", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON document.")
def command(source: str | None, as_json: bool) -> None:
    """List the sources that can be used here, or try SOURCE: open it and take one picture."""
    if source:
        trial = _try(source)
        click.echo(json.dumps(asdict(trial)) if as_json else _told(trial))
        return
    found = _list()
    click.echo(json.dumps(found) if as_json else _listed(**found))


def _told(trial: Trial) -> str:
    size = f"{trial.width}x{trial.height} {trial.pixel_format}"
    return f"{trial.source}: {size}, {trial.pacing}, first picture after {trial.first_picture_ms:.0f} ms"


def _listed(schemes: list[str], usb: list[str]) -> str:
    cameras = ", ".join(usb) or "none that answers"
    return f"USB cameras: {cameras}\nSources: a folder of images, a video file, {', '.join(f'{s}:' for s in schemes)}"


def _list() -> dict[str, list[str]]:
    from camera.catalog import known_schemes
    from camera.opencv import usb_cameras

    return {"schemes": list(known_schemes()), "usb": [f"usb:{number}" for number in usb_cameras()]}


def _try(text: str) -> Trial:
    from camera.catalog import open_source

    source = open_source(text)
    begin = time.perf_counter()
    try:
        source.open()
        picture = source.grab(_WAIT_S)
        height, width = picture.image.shape[:2]
        return Trial(
            source=source.name,
            pacing=source.pacing,
            width=width,
            height=height,
            pixel_format=picture.pixel_format,
            period_ms=source.period_s and source.period_s * 1000,
            first_picture_ms=(time.perf_counter() - begin) * 1000,
        )
    finally:
        source.close()
