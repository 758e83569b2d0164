"""Draws the defects of the simulated ring: each of random size, place and strength, none too faint to be seen.

Promises: a function a defect, in one table; each changes the canvas and returns the true box of what it changed.
May import: numpy, camera.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.frame import Box, TrueDefect
from camera.ring import BOLT_HOLES, Canvas, Layout, drill
from camera.vision import cv2

Field = npt.NDArray[np.floating[Any]]

_SEEN = 0.2
"""The true box holds what changes by more than this share of the strongest change."""


def draw_features(
    defect: str | None, canvas: Canvas, layout: Layout, rng: np.random.Generator
) -> tuple[TrueDefect, ...]:
    """Drill the bolt holes and draw the defect, if any, on a plain ring. Returns what is wrong with it, and where."""
    left_out = int(rng.integers(BOLT_HOLES)) if defect == "missing_hole" else None
    for index in range(BOLT_HOLES):
        if index != left_out:
            drill(canvas, layout, index)
    if defect is None:
        return ()
    box = _DRAW[defect](canvas, layout, rng) if left_out is None else _hole_box(layout, left_out)
    return (TrueDefect(defect, box),)


def _hole_box(layout: Layout, index: int) -> Box:
    x, y = layout.hole(index)
    radius = layout.bolt_radius
    return Box(x - radius, y - radius, 2 * radius, 2 * radius)


def _scratch(canvas: Canvas, layout: Layout, rng: np.random.Generator) -> Box:
    """A thin, slightly bent furrow: a dark shadow beside a bright flank."""
    scale = layout.scale
    x, y, radial = _place(layout, rng, margin=20)
    length, bend = rng.uniform(38, 80) * scale, rng.uniform(-0.12, 0.12)
    direction = radial + rng.uniform(0.25, 1.3) * rng.choice((-1, 1))
    where, dx, dy = canvas.patch(x, y, length / 2 + 4 * scale)
    along = dx * math.cos(direction) + dy * math.sin(direction)
    across = dy * math.cos(direction) - dx * math.sin(direction) - bend * (along * along / length - length / 8)
    width = rng.uniform(0.75, 1.15) * scale
    ends = np.clip((length / 2 - np.abs(along)) / (6 * scale), 0, 1)
    shadow = ends * _bell(across, width)
    flank = ends * _bell(across - 2.2 * width, width)
    strength = rng.uniform(0.42, 0.62)
    return _mark(canvas, where, strength * (0.55 * flank - shadow))


def _dent(canvas: Canvas, layout: Layout, rng: np.random.Generator) -> Box:
    """A shallow bowl: dark on the side of the lamp, bright on the other, a thin shadow at its rim."""
    x, y, radial = _place(layout, rng, margin=24)
    size = rng.uniform(6.5, 10.5) * layout.scale
    where, dx, dy = canvas.patch(x, y, 3 * size)
    stretch, turn = rng.uniform(1.0, 1.35), radial + rng.uniform(0, math.pi)
    u = (dx * math.cos(turn) + dy * math.sin(turn)) / (size * stretch)
    v = (dy * math.cos(turn) - dx * math.sin(turn)) / size
    bowl = np.exp(-0.5 * (u * u + v * v) ** 2)
    slope = (0.55 * dx + 0.85 * dy) / size
    return _mark(canvas, where, rng.uniform(0.40, 0.55) * bowl * (0.9 * slope - 0.35))


def _stain(canvas: Canvas, layout: Layout, rng: np.random.Generator) -> Box:
    """A dried drop of coolant: an uneven dark patch with a darker rim."""
    x, y, _ = _place(layout, rng, margin=30)
    size = rng.uniform(13, 22) * layout.scale
    where, dx, dy = canvas.patch(x, y, 1.7 * size)
    depth = 1 - np.hypot(dx, dy) / (size * _uneven(np.arctan2(dy, dx), rng, 0.16))
    body = 1 / (1 + np.exp(-depth * 14))
    rim = _bell(depth - 0.06, 0.10)
    return _mark(canvas, where, -rng.uniform(0.20, 0.32) * (body + 0.5 * rim))


def _chipped_edge(canvas: Canvas, layout: Layout, rng: np.random.Generator) -> Box:
    """A piece broken out of the outer edge or the bore, with a rough grey face of fracture along the break."""
    scale = layout.scale
    size = rng.uniform(15, 24) * scale
    turn = rng.uniform(0, 2 * math.pi)
    outside = rng.random() < 0.7
    x, y = layout.at(layout.outer_radius + 0.4 * size if outside else layout.bore_radius - 0.4 * size, turn)
    where, dx, dy = canvas.patch(x, y, 1.6 * size)
    reach = size * _uneven(np.arctan2(dy, dx), rng, 0.08)
    depth = np.asarray(reach - np.hypot(dx, dy), np.float32)
    before = canvas.cover[where].copy()
    canvas.cover[where] *= 1 - np.clip(depth + 0.5, 0, 1)
    face = np.clip((depth + 4.5 * scale) / (1.5 * scale), 0, 1)
    rough = cv2.GaussianBlur(rng.standard_normal(depth.shape, dtype=np.float32), (0, 0), 0.9 * scale)
    canvas.metal[where] *= 1 - face * np.asarray(0.40 + 0.4 * scale * rough, np.float32)
    return _box(canvas, where, before * np.clip(face + depth, 0, 1))


_DRAW: dict[str, Callable[[Canvas, Layout, np.random.Generator], Box]] = {
    "scratch": _scratch,
    "dent": _dent,
    "stain": _stain,
    "chipped_edge": _chipped_edge,
}


def _place(layout: Layout, rng: np.random.Generator, margin: float) -> tuple[float, float, float]:
    """A point on the face, clear of edges and bolt holes, and its direction from the middle."""
    pitch = 2 * math.pi / BOLT_HOLES
    between = (int(rng.integers(BOLT_HOLES)) + 0.5 + rng.uniform(-0.22, 0.22)) * pitch
    turn = layout.angle_rad + between
    keep = margin * layout.scale
    radius = rng.uniform(layout.bore_radius + keep, layout.outer_radius - keep)
    return *layout.at(radius, turn), turn


def _bell(distance: Field, width: float) -> Field:
    return np.exp(-0.5 * (distance / width) ** 2)


def _uneven(turn: Field, rng: np.random.Generator, amount: float) -> Field:
    """A closed outline around 1: a few waves of random height and place."""
    waves = ((n, rng.normal(0, amount / n**0.8), rng.uniform(0, 2 * math.pi)) for n in (1, 2, 3, 5, 7))
    return np.clip(1 + sum(a * np.cos(n * turn + phase) for n, a, phase in waves), 0.75, 1.4)


def _mark(canvas: Canvas, where: tuple[slice, slice], change: Field) -> Box:
    canvas.metal[where] *= np.asarray(1 + change, np.float32)
    return _box(canvas, where, np.abs(change) * canvas.cover[where])


def _box(canvas: Canvas, where: tuple[slice, slice], amount: Field) -> Box:
    seen = amount > _SEEN * amount.max()
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    top = canvas.top + where[0].start + int(rows[0])
    left = canvas.left + where[1].start + int(columns[0])
    return Box(left - 0.5, top - 0.5, float(columns[-1] - columns[0] + 1), float(rows[-1] - rows[0] + 1))
