"""From the text that a user gives to the source behind it."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest
from pydantic import ValidationError

from camera import catalog
from camera.catalog import known_schemes, make_source, open_source
from camera.folder import FolderSource
from camera.memory import MemorySource
from camera.opencv import LiveSource, VideoFileSource
from camera.process import Drift, DriftKind
from camera.settings import CameraSettings
from camera.source import CameraUnavailable, FrameSource, Pacing, SourceNotFound
from camera.synthetic import SyntheticSource


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("synthetic:42", SyntheticSource, "synthetic:42"),
        ("synthetic:", SyntheticSource, "synthetic:7"),
        ("usb:1", LiveSource, "usb:1"),
        ("rtsp://u:p@cam/1", LiveSource, "rtsp://u:***@cam/1"),
        ("RTSP://cam/1", LiveSource, "RTSP://cam/1"),
        ("some/folder", FolderSource, "some/folder"),
        ("some/film.mp4", VideoFileSource, "some/film.mp4"),
        (r"C:\pictures", FolderSource, r"C:\pictures"),
    ],
)
def test_a_text_names_its_source_and_making_it_touches_nothing(text, kind, name):
    source = open_source(text)
    assert isinstance(source, kind)
    assert isinstance(source, FrameSource)
    assert source.name == name


def test_a_folder_whose_name_looks_like_a_scheme_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lot:7").mkdir()
    assert isinstance(open_source("lot:7"), FolderSource)


def test_an_image_given_as_a_source_is_told_apart_from_a_film(tmp_path):
    image = tmp_path / "one.png"
    image.write_bytes(b"x")
    with pytest.raises(SourceNotFound, match="folder of images"):
        open_source(str(image)).open()


def test_an_unknown_scheme_lists_the_known_ones():
    with pytest.raises(SourceNotFound) as refused:
        open_source("pilon:4711")
    assert all(f"{scheme}:" in str(refused.value) for scheme in known_schemes())


@pytest.mark.parametrize("text", ["synthetic:x", "synthetic:-1", "usb:first", "usb:/dev/video0", "synthetic:²"])
def test_a_wrong_number_after_the_colon_says_what_is_expected(text):
    with pytest.raises(SourceNotFound, match="number"):
        open_source(text)


def test_settings_reach_the_simulated_line():
    source = open_source(
        "synthetic:3", pacing="free_run", period_ms=20, drift="lamp@9", defect_rate=0.5, width_px=320, height_px=256
    )
    assert isinstance(source, SyntheticSource)
    assert source.settings.drift == Drift(DriftKind.LAMP, 9)
    assert (source.frame_size, source.period_s, source.pacing) == ((320, 256), 0.02, Pacing.FREE_RUN)
    assert source.settings.defect_rate == 0.5


def test_files_cannot_be_triggered():
    with pytest.raises(SourceNotFound, match="on demand"):
        open_source("some/folder", pacing="triggered")


@pytest.mark.parametrize(
    "wrong", [{"sauce": "x"}, {"source": ""}, {"period_ms": 0}, {"drift": "slip"}, {"pacing": "x"}]
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        CameraSettings.model_validate(wrong)


def make_toy(settings):
    return MemorySource([], name=settings.source)


@pytest.fixture
def others(monkeypatch):
    points = EntryPoints(
        EntryPoint(name, value, catalog.ENTRY_POINT_GROUP)
        for name, value in (
            ("toy", "tests.unit.test_camera_catalog:make_toy"),
            ("broken", "no_such_module:make"),
            ("synthetic", "tests.unit.test_camera_catalog:make_toy"),
        )
    )
    monkeypatch.setattr(catalog, "entry_points", points.select)


@pytest.mark.usefixtures("others")
def test_a_driver_of_another_maker_is_found_by_name():
    assert make_source(CameraSettings(source="toy:4711")).name == "toy:4711"
    assert "toy" in known_schemes()


@pytest.mark.usefixtures("others")
def test_a_driver_of_another_maker_cannot_replace_ours():
    assert isinstance(open_source("synthetic:1"), SyntheticSource)


@pytest.mark.usefixtures("others")
def test_a_driver_that_does_not_load_is_named():
    with pytest.raises(CameraUnavailable, match="broken"):
        open_source("broken:1")
