"""Leakage on real pictures: a published split that is known to be optimistic, honest ones, and planted copies."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from camera.folder import read_picture
from camera.vision import cv2
from inference.teach.leakage import Overlap, groups_of, overlap
from inference.teach.looks import Looks, look_at_all


def listed(shared: Path, name: str) -> tuple[list[Path], list[dict[str, str]]]:
    with (shared / "data" / name / "manifest.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [shared / "data" / name / row["image"] for row in rows], rows


def pictures(paths: Iterable[Path]) -> Iterator[npt.NDArray[np.uint8]]:
    return (read_picture(path, path.name).image for path in paths)


def shared_by(paths: list[Path], looks: Looks, sides: list[str]) -> Overlap:
    def side(name: str) -> tuple[list[Path], Looks]:
        rows = [row for row, here in enumerate(sides) if here == name]
        part = Looks(tuple(looks.digests[row] for row in rows), looks.hashes[rows], looks.fine[rows])
        return [paths[row] for row in rows], part

    return overlap(side("test"), side("train"))


def test_a_published_split_that_cuts_through_time_lapses_is_told_from_one_by_place(shared: Path) -> None:
    paths, rows = listed(shared, "bsd_pitting")
    looks = look_at_all(pictures(paths))
    published = shared_by(paths, looks, [row["published_split"] for row in rows])
    honest = shared_by(paths, looks, [row["split"] for row in rows])
    assert published.share > 0.6
    assert honest.share < 0.05
    assert published.by_reason["same thing by name"] > 10
    assert honest.by_reason["same thing by name"] == 0


@pytest.mark.parametrize("name", ["xsdd", "piped_paper"])
def test_splits_by_block_and_by_sheet_share_nothing(name: str, shared: Path) -> None:
    paths, rows = listed(shared, name)
    assert shared_by(paths, look_at_all(pictures(paths)), [row["split"] for row in rows]).affected == 0


def test_the_published_pixel_copies_of_xsdd_are_one_group_each(shared: Path) -> None:
    paths, _ = listed(shared, "xsdd")
    groups = groups_of(paths, pictures(paths))
    row = {path.stem: number for number, path in enumerate(paths)}
    for first, copy in (("2081", "2085"), ("2205", "2210"), ("2206", "2211"), ("2209", "2214")):
        assert groups[row[first]] == groups[row[copy]]
    assert 100 < len(set(groups.tolist())) < 200


def test_copies_saved_anew_and_halved_are_found(shared: Path) -> None:
    for name in ("bsd_pitting", "l4v_aliens", "piped_paper"):
        paths, _ = listed(shared, name)
        chosen = paths[5 :: len(paths) // 12][:12]
        copies = [_saved_anew(image, half=row % 2 == 0) for row, image in enumerate(pictures(chosen))]
        looks = look_at_all(pictures(paths))
        found = overlap(([Path(f"copy-{path.stem}") for path in chosen], look_at_all(copies)), (paths, looks))
        assert found.affected >= 10, name


def _saved_anew(image: npt.NDArray[np.uint8], *, half: bool) -> npt.NDArray[np.uint8]:
    if half:
        image = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], -1), np.uint8)
