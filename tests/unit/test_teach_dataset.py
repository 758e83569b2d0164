"""Every layout of CONTRACT is understood, and what is not understood is refused with one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from camera.vision import cv2
from inference.teach.dataset import DatasetError, Purpose, read_all, read_dataset


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.full((6, 8), 90, np.uint8))[1].tobytes())


def tree(root: Path, *names: str) -> Path:
    for name in names:
        picture(root / name)
    return root


def refusal(root: Path, purpose: Purpose = "teach") -> str:
    with pytest.raises(DatasetError) as caught:
        read_dataset(root, purpose)
    text = str(caught.value)
    assert "\n" not in text
    assert str(root) in text
    return text


def labels(root: Path, purpose: Purpose = "teach") -> list[str]:
    return [sample.label for sample in read_dataset(root, purpose).samples]


def test_a_folder_per_class_good_first(tmp_path: Path) -> None:
    dataset = read_dataset(tree(tmp_path, "OK/a.png", "dent/b.png", "Abrasion/c.png", "dent/deep/d.PNG"), "teach")
    assert dataset.classes == ("OK", "Abrasion", "dent")
    assert dataset.good_class == "OK"
    assert dataset.counts == {"OK": 1, "Abrasion": 1, "dent": 2}


def test_masks_and_labels_are_never_classes(tmp_path: Path) -> None:
    tree(tmp_path, "good/a.png", "dent/b.png", "masks/dent/b.png", "ground_truth/dent/b.png", ".cache/x.png")
    assert sorted(set(labels(tmp_path))) == ["dent", "good"]


def test_train_is_taught_and_test_is_evaluated(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "train/good/a.png",
        "train/dent/b.png",
        "test/good/c.png",
        "test/rust/d.png",
        "ground_truth/rust/d.png",
    )
    assert labels(tmp_path) == ["dent", "good"]
    assert labels(tmp_path, "evaluate") == ["good", "rust"]


def test_a_part_that_is_not_there_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "test/good/c.png", "test/rust/d.png")
    assert "no train/" in refusal(tmp_path)
    (tmp_path / "test").rename(tmp_path / "train")
    assert "no test/" in refusal(tmp_path, "evaluate")


def test_labels_csv(tmp_path: Path) -> None:
    tree(tmp_path, "a.png", "sub/b.png")
    (tmp_path / "labels.csv").write_text("path,label\na.png,good\nsub/b.png, dent \n", encoding="utf-8-sig")
    assert labels(tmp_path) == ["good", "dent"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("path,label\na.png,good\nmissing.png,dent\n", "line 3: the picture missing.png"),
        ("path,label\na.png,\n", "line 2"),
        ("file,class\na.png,good\n", "path and label"),
    ],
)
def test_labels_csv_with_a_mistake_names_the_line(tmp_path: Path, content: str, words: str) -> None:
    tree(tmp_path, "a.png")
    (tmp_path / "labels.csv").write_text(content)
    assert words in refusal(tmp_path)


def test_labels_csv_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes(b"path,label\n\xff\xfe\x00,x\n")
    assert "UTF-8" in refusal(tmp_path)


def test_a_folder_of_sets_is_refused(tmp_path: Path) -> None:
    tree(tmp_path, "paper1/train/good/a.png", "paper2/train/good/b.png")
    assert "several sets (paper1, paper2)" in refusal(tmp_path)
    other = tree(tmp_path / "more", "line1/good/a.png", "line1/dent/b.png", "line2/good/a.png")
    assert "several sets" in refusal(other)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("images/a.png", "labels/a.png"), "YOLO"),
        (("JPEGImages/a.png", "Annotations/a.png"), "VOC"),
        (("images/a.png", "annotations/a.png"), "COCO"),
    ],
)
def test_boxes_are_refused_by_name(tmp_path: Path, names: tuple[str, ...], kind: str) -> None:
    assert kind in refusal(tree(tmp_path, *names))


def test_nothing_there(tmp_path: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nowhere")
    assert "no picture" in refusal(tmp_path)
    (tmp_path / "good").mkdir()
    assert "no picture" in refusal(tmp_path)
    picture(tmp_path / "file.png")
    assert "is a file" in refusal(tmp_path / "file.png")
    assert "no labels" in refusal(tmp_path)


def test_unreadable_pictures_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "good/a.png", "good/c.png", "dent/d.png")
    (tmp_path / "good" / "b.png").write_text("this is no picture")
    (tmp_path / "good" / "z.png").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"2 of 5 pictures.*b\.png"):
        list(read_all(read_dataset(tmp_path, "teach")))
