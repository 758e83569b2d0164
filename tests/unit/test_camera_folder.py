"""Folders of images: order, formats, and files that are not what they seem."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from camera.folder import FolderSource, list_images, read_picture
from camera.frame import PixelFormat
from camera.integrity import damage
from camera.source import CameraLost, CameraUnavailable, EndOfSource, Pacing, SourceNotFound, UnreadableFrame
from camera.vision import cv2

COLOUR = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8), (0, 0), 2)
GREY = COLOUR[:, :, 0].copy()


def encoded(suffix, image=COLOUR):
    done, data = cv2.imencode(suffix, image)
    assert done
    return data.tobytes()


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def folder(tmp_path):
    for name in ("b/2.png", "a.JPG", "b/10.PNG", "ü/é.bmp", "b-1.tiff", "Z.webp", "c/d/e.jpeg"):
        write(tmp_path / name, encoded("." + name.rsplit(".", 1)[1].lower()))
    write(tmp_path / "notes.txt", b"no image")
    write(tmp_path / "png", b"no image either")
    return tmp_path


ORDER = ["Z.webp", "a.JPG", "b-1.tiff", "b/10.PNG", "b/2.png", "c/d/e.jpeg", "ü/é.bmp"]


def test_images_come_in_code_point_order_of_their_relative_paths(folder):
    assert [path.relative_to(folder).as_posix() for path in list_images(folder)] == ORDER


def test_a_folder_gives_every_image_once_then_ends(folder):
    source = FolderSource(folder, loop=False)
    assert (source.pacing, source.live, source.period_s) == (Pacing.ON_DEMAND, False, None)
    source.open()
    assert [source.grab(1).source for _ in ORDER] == ORDER
    with pytest.raises(EndOfSource, match="7"):
        source.grab(1)
    source.close()


def test_a_closed_folder_goes_on_where_it_was(folder):
    source = FolderSource(folder, loop=False)
    source.open()
    source.grab(1)
    source.close()
    source.open()
    assert source.grab(1).source == ORDER[1]


def test_a_looping_folder_sees_what_came_and_what_went(tmp_path):
    first = write(tmp_path / "1.png", encoded(".png"))
    write(tmp_path / "2.png", encoded(".png"))
    source = FolderSource(tmp_path, loop=True)
    source.open()
    assert source.grab(1).source == "1.png"
    (tmp_path / "2.png").unlink()
    with pytest.raises(UnreadableFrame, match=r"2\.png"):
        source.grab(1)
    first.unlink()
    write(tmp_path / "3.png", encoded(".png"))
    assert [source.grab(1).source for _ in range(2)] == ["3.png", "3.png"]
    (tmp_path / "3.png").unlink()
    with pytest.raises(CameraLost, match="no image"):
        source.grab(1)


def test_a_missing_an_empty_and_no_folder_are_told_apart(tmp_path):
    (tmp_path / "empty").mkdir()
    file = write(tmp_path / "one.png", encoded(".png"))
    for path, words in ((tmp_path / "gone", "no such folder"), (tmp_path / "empty", "no image"), (file, "is a file")):
        with pytest.raises(SourceNotFound, match=words) as refused:
            FolderSource(path).open()
        assert str(path) in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_folder_without_the_right_to_read_it_is_said_so(folder, monkeypatch):
    # Rights do not bind the administrator, whom tests may run as.
    def scandir(path, real=os.scandir):
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(CameraUnavailable, match="cannot be read"):
        list_images(folder)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".jpg"])
def test_every_format_reads_whole(tmp_path, suffix):
    picture = read_picture(write(tmp_path / f"p{suffix}", encoded(suffix)), "p")
    assert picture.pixel_format is PixelFormat.BGR8
    assert picture.image.shape == (48, 64, 3)
    if suffix in (".png", ".bmp", ".tif"):
        assert np.array_equal(picture.image, COLOUR)


def test_grey_and_sixteen_bits_stay_what_they_are(tmp_path):
    grey = read_picture(write(tmp_path / "g.png", encoded(".png", GREY)), "g")
    deep = read_picture(write(tmp_path / "d.png", encoded(".png", GREY.astype(np.uint16) * 16)), "d")
    assert (grey.pixel_format, grey.significant_bits, grey.image.dtype) == (PixelFormat.MONO8, 8, np.uint8)
    assert (deep.pixel_format, deep.significant_bits, deep.image.dtype) == (PixelFormat.MONO16, 16, np.uint16)
    assert np.array_equal(deep.image, GREY.astype(np.uint16) * 16)


def test_alpha_is_dropped_and_deep_colour_keeps_its_upper_bits(tmp_path):
    with_alpha = np.dstack([COLOUR, np.full((48, 64), 7, np.uint8)])
    alpha = read_picture(write(tmp_path / "a.png", encoded(".png", with_alpha)), "a")
    deep = read_picture(write(tmp_path / "d.png", encoded(".png", COLOUR.astype(np.uint16) * 256 + 99)), "d")
    for picture in (alpha, deep):
        assert picture.pixel_format is PixelFormat.BGR8
        assert np.array_equal(picture.image, COLOUR)
        assert picture.image.flags.c_contiguous


def test_the_smallest_image_reads(tmp_path):
    picture = read_picture(write(tmp_path / "1.png", encoded(".png", np.full((1, 1), 9, np.uint8))), "1")
    assert picture.image.shape == (1, 1)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".jpg"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_never_a_picture(tmp_path, suffix, share):
    whole = encoded(suffix)
    path = write(tmp_path / f"cut{suffix}", whole[: int(share * len(whole))])
    with pytest.raises(UnreadableFrame, match=r"^belt/cut: ") as refused:
        read_picture(path, "belt/cut")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "data", [b"", b"this is text", b"\x00" * 500, b"\xff\xd8\xff", b"BM", b"RIFF", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_image_is_unreadable(tmp_path, data):
    with pytest.raises(UnreadableFrame):
        read_picture(write(tmp_path / "x.png", data), "x.png")


def test_numbers_with_a_point_are_no_picture(tmp_path):
    path = write(tmp_path / "f.tif", encoded(".tif", GREY.astype(np.float32)))
    with pytest.raises(UnreadableFrame, match="float32"):
        read_picture(path, "f.tif")


def test_a_folder_named_like_an_image_and_a_dead_link_are_unreadable_not_a_crash(tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UnreadableFrame):
        read_picture(tmp_path / "folder.png", "folder.png")
    with pytest.raises(UnreadableFrame):
        read_picture(tmp_path / "gone.png", "gone.png")


def test_a_thumbnail_inside_a_cut_jpeg_does_not_hide_the_cut():
    whole, thumbnail = encoded(".jpg"), encoded(".jpg", COLOUR[:16, :16].copy())
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    with_thumbnail = whole[:2] + segment + whole[2:]
    assert damage(with_thumbnail) is None
    assert damage(with_thumbnail[:-40]) is not None


def test_bytes_after_the_end_of_a_jpeg_do_no_harm(tmp_path):
    picture = read_picture(write(tmp_path / "p.jpg", encoded(".jpg") + b"maker's notes"), "p")
    assert picture.image.shape == (48, 64, 3)


def test_one_wrong_byte_in_a_png_is_found():
    data = bytearray(encoded(".png"))
    data[len(data) // 2] ^= 1
    assert "checksum" in damage(bytes(data))


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_name_that_is_no_utf8_can_still_be_recorded(tmp_path):
    (tmp_path / os.fsdecode(b"part\xff.png")).write_bytes(encoded(".png"))
    source = FolderSource(tmp_path)
    source.open()
    assert source.grab(1).source.encode("utf-8") == rb"part\xff.png"


def test_real_pictures_all_read(shared, tmp_path):
    images = list_images(shared / "data" / "xsdd")
    assert len(images) == len(set(images)) > 1000
    pictures = [read_picture(path, path.name) for path in images[::20]]
    assert all(picture.image.size for picture in pictures)
    shutil.copy(images[0], tmp_path / images[0].name)
    cut = tmp_path / images[0].name
    cut.write_bytes(cut.read_bytes()[:-200])
    with pytest.raises(UnreadableFrame):
        read_picture(cut, cut.name)
