"""`loupe inspect`: judges image files; no station, no database.

Promises: what cannot be read is told and counted; the rest is judged.
May import: click, hmi.cli, hmi.paper.overlay; camera and inference where they are used.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from camera.frame import Picture
    from inference.inspection import Defect
    from inference.model.judgement import Judgement
    from inference.model.session import ModelSession


@dataclass(frozen=True, slots=True)
class _Item:
    """One picture to judge."""

    path: Path
    overlay: Path
    """Where its overlay goes, below the overlay folder."""
    error: str = ""
    """Why there is nothing to judge."""


@click.command("inspect", epilog="Example: loupe inspect part.png more/ --model ring.zip --json")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--model", required=True, metavar="PKG", type=click.Path(path_type=Path), help="The model package.")
@click.option("--overlay", metavar="DIR", type=click.Path(path_type=Path), help="Save each picture with its findings.")
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line.")
@click.pass_context
def command(
    context: click.Context, paths: tuple[Path, ...], model: Path, overlay: Path | None, provider: str, *, as_json: bool
) -> None:
    """Judge image files and all images in folders, in the order given."""
    from inference.model.package import load_package
    from inference.model.session import ModelSession

    session = ModelSession(load_package(model), provider)
    session.open()
    failed = 0
    try:
        for item in _items(paths):
            answer = _inspect(session, item, overlay)
            failed += "error" in answer
            click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _words(answer))
    finally:
        session.close()
    if failed:
        click.echo(f"loupe: {failed} of the images could not be judged; each is named above with its reason.", err=True)
        context.exit(2)


def _items(paths: tuple[Path, ...]) -> list[_Item]:
    from camera.folder import list_images
    from camera.source import SourceNotFound

    items: list[_Item] = []
    for path in paths:
        try:
            images = list_images(path) if path.is_dir() else [path]
        except SourceNotFound as error:  # an empty folder is told like an unreadable file; the others are judged
            items.append(_Item(path, path, str(error).removeprefix(f"{path}: ")))
            continue
        items += [_Item(image, image.relative_to(path) if image != path else Path(path.name)) for image in images]
    return items


def _inspect(session: ModelSession, item: _Item, overlay: Path | None) -> dict[str, Any]:
    from camera.folder import read_picture
    from camera.source import CameraError
    from inference.model.judgement import JudgingFailed
    from inference.model.postprocess import find_defects

    if item.error:
        return {"path": str(item.path), "error": item.error}
    try:
        picture = read_picture(item.path, str(item.path))
        began = time.perf_counter()
        judgement = session.judge(picture.image, picture.significant_bits)
        size = (picture.image.shape[1], picture.image.shape[0])
        defects = find_defects(judgement, size)
        milliseconds = (time.perf_counter() - began) * 1e3
    except (CameraError, JudgingFailed, OSError) as error:
        reason = " ".join(str(error).split()).removeprefix(f"{item.path}: ")
        return {"path": str(item.path), "error": reason}
    if overlay is not None:
        _save_overlay(overlay / item.overlay, picture, judgement, defects)
    return _answer(item.path, judgement, defects, milliseconds)


def _answer(path: Path, judgement: Judgement, defects: tuple[Defect, ...], milliseconds: float) -> dict[str, Any]:
    return {
        "path": str(path),
        "verdict": "OK" if judgement.verdict_ok else "NOT_OK",
        "score": judgement.score,
        "label": judgement.label,
        "probabilities": dict(judgement.probabilities),
        "defects": [
            {"label": d.label, "score": d.score, "box": [round(v, 2) for v in d.region], "area_px": d.area_px}
            for d in defects
        ],
        "ms": round(milliseconds, 3),
    }


def _words(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"{answer['path']}: {answer['error']}"
    return f"{answer['verdict']:7} {answer['score']:.4f} {answer['label']}  {answer['path']}"


def _save_overlay(place: Path, picture: Picture, judgement: Judgement, defects: tuple[Defect, ...]) -> None:
    from hmi.paper.overlay import draw_overlay, save_png

    # The ending stays in the name: part.png and part.jpg are two pictures.
    save_png(place.with_name(place.name + ".png"), draw_overlay(picture, judgement.heatmap, defects))
