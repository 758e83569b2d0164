"""`loupe cameras`, as a person and as a program meet it."""

import json

import pytest
from click.testing import CliRunner

from camera.source import SourceNotFound
from hmi.cli.cameras import command


def answer(*arguments):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_it_lists_what_can_be_named():
    found = json.loads(answer("--json"))
    assert {"synthetic", "usb", "rtsp"} <= set(found["schemes"])
    assert isinstance(found["usb"], list)
    assert "rtsp:" in answer()


def test_it_tries_one_source():
    trial = json.loads(answer("synthetic:3", "--json"))
    assert (trial["source"], trial["width"], trial["height"], trial["pixel_format"]) == (
        "synthetic:3",
        640,
        512,
        "BGR8",
    )
    assert answer("synthetic:3").startswith("synthetic:3: 640x512 BGR8, on_demand, first picture after")


def test_a_source_that_is_not_there_is_an_error_of_the_camera(tmp_path):
    with pytest.raises(SourceNotFound):
        answer(str(tmp_path / "gone"))
