"""What file names tell about pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.teach.sequence import name_groups, neighbours, places, things


def together(names: list[str]) -> list[set[str]]:
    """The groups of more than one picture."""
    paths = [Path(name) for name in names]
    groups: dict[int, set[str]] = {}
    for name, group in zip(names, name_groups(paths).tolist(), strict=True):
        groups.setdefault(group, set()).add(name)
    return [members for members in groups.values() if len(members) > 1]


def test_views_of_one_part_belong_together() -> None:
    names = [f"part{part:03d}_{view}.png" for part in range(30) for view in range(3)]
    assert together(names) == [{f"part{part:03d}_{view}.png" for view in range(3)} for part in range(30)]
    assert things([Path(name) for name in names])[4] == "part001_#"


def test_one_thing_is_one_thing_in_whatever_folder_it_lies() -> None:
    names = [f"{folder}/spot{spot}_{time}.png" for spot in range(20) for folder, time in (("good", 1), ("bad", 2))]
    assert len(together(names)) == 20


def test_times_of_one_place_belong_together() -> None:
    names = [f"01_2009{100000 + 997 * (20 * n + p):08d}_{p}0500_090.jpg" for n in range(5) for p in range(20)]
    groups = together(names)
    assert len(groups) == 20
    assert all(len(group) == 5 for group in groups)
    assert all(place is not None and place.is_time for place in places([Path(name) for name in names]))


def test_a_date_that_repeats_is_no_time() -> None:
    names = [f"img_202405{day:02d}_{n:03d}.png" for day in range(1, 21) for n in range(4)]
    assert together(names) == [{f"img_202405{day:02d}_{n:03d}.png" for n in range(4)} for day in range(1, 21)]


def test_a_long_run_is_cut_into_blocks_of_ten() -> None:
    groups = together([f"train/crack/{n:04d}.png" for n in range(400)])
    assert len(groups) == 40
    assert all(len(group) == 10 for group in groups)


def test_a_small_set_keeps_enough_groups_for_folds() -> None:
    assert not together([f"good/{n}.png" for n in range(20)])
    assert len(together([f"good/{n}.png" for n in range(60)])) == 20


def test_a_missing_number_ends_a_run() -> None:
    names = [f"{n}.png" for n in (*range(5), *range(100, 105), *range(200, 390))]
    assert set(together(names)[0]) == {f"{n}.png" for n in range(5)}


def test_numbers_of_two_classes_are_two_sequences() -> None:
    names = [f"{kind}/{n:03d}.png" for kind in ("good", "crack") for n in range(100)]
    assert all(len({name.split("/")[0] for name in group}) == 1 for group in together(names))


def test_a_camera_is_no_single_thing() -> None:
    paths = [Path(f"cam{camera}_{n:04d}.png") for camera in (1, 2) for n in range(50)]
    assert set(things(paths)) == {None}


@pytest.mark.parametrize("names", [["scratch.png", "dent.png"], ["a1.png"], ["good/7.png", "bad/7.png"], []])
def test_names_that_tell_nothing_leave_each_picture_alone(names: list[str]) -> None:
    paths = [Path(name) for name in names]
    assert name_groups(paths).tolist() == list(range(len(names)))
    assert neighbours(paths) == []
    assert places(paths) == [None] * len(names)


def test_neighbours_are_at_most_two_apart() -> None:
    paths = [Path(f"{n}.png") for n in (1, 2, 3, 5, 9)]
    assert sorted(neighbours(paths)) == [(0, 1), (0, 2), (1, 2), (2, 3)]


def test_of_times_the_next_one_is_the_neighbour_however_far() -> None:
    paths = [Path(f"a_{time}.png") for time in (20240101120000, 20240101160000, 20240102120000)]
    assert sorted(neighbours(paths)) == [(0, 1), (1, 2)]
