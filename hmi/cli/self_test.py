"""`loupe self-test`: is this installation whole? Exit code 1 where a check fails.

May import: hmi.station, click; the window's libraries only for their own check.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from hmi.station.selftest import Check


@click.command(
    "self-test",
    epilog="Example: loupe self-test --json",
    help="Ten known parts through the real pipeline, on this machine's provider.",
)
@click.option("--model", type=click.Path(path_type=Path), help="Model package; the shipped one unless said.")
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(model: Path | None, provider: str, as_json: bool) -> int:  # noqa: D103
    from hmi.station.demo import demo_model
    from hmi.station.selftest import self_test

    answer = self_test(model or demo_model(), provider, extra=(_window,))
    if as_json:
        document = {"ok": answer.ok, "checks": [asdict(check) for check in answer.checks], "provider": answer.provider}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        for check in answer.checks:
            click.echo(f"{'ok    ' if check.ok else 'FAILED'}  {check.name}: {check.detail}")
    return 0 if answer.ok else 1


def _window() -> Check:
    """Qt and the charts load and paint, without a screen: what breaks first in a frozen program."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from hmi.window.start import paint_once

        width, height = paint_once()
    except (ImportError, OSError, RuntimeError) as error:
        return Check("window", ok=False, detail=f"Qt cannot be used here: {error}")
    return Check("window", ok=width > 0, detail=f"painted {width} x {height} pixels")
