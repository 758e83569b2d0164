"""The station file: its template loads as the defaults, its mistakes are all named at once, each with its line."""

from __future__ import annotations

import contextlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.station.settings import SettingsError, StationSettings, load_settings
from hmi.station.settings_order import Wishes, order_from
from hmi.station.toml_lines import line_of, lines_of


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(written(tmp_path, text))
    return str(error.value)


def test_the_template_loads_as_the_defaults(tmp_path: Path) -> None:
    template = (files("resources") / "station.toml").read_text("utf-8")
    assert load_settings(written(tmp_path, template)) == StationSettings()


def test_every_line_of_the_template_may_be_uncommented(tmp_path: Path) -> None:
    template = (files("resources") / "station.toml").read_text("utf-8")
    open_template = re.sub(r"^# ([a-z_]+ = )", r"\1", template, flags=re.MULTILINE)
    settings = load_settings(written(tmp_path, open_template))
    assert settings.record.db == tmp_path / "results.db"
    said = {table: set(keys) for table, keys in tomllib.loads(open_template).items() if isinstance(keys, dict)}
    simulated_only = {"drift", "defect_rate", "width_px", "height_px"}
    for table, keys in said.items():
        known = set(type(getattr(settings, table)).model_fields) - simulated_only
        assert keys == known, f"[{table}]"


def test_an_unknown_key_is_refused_with_a_guess_and_its_line(tmp_path: Path) -> None:
    text = refusal(tmp_path, '[station]\nid = "a"\n\n[camera]\nsorce = "usb:0"\n')
    assert "line 5" in text
    assert "camera.sorce" in text
    assert "did you mean source?" in text


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = refusal(
        tmp_path,
        '[station]\nzone = "Mars/Olympus"\n[record]\nquality = 900\n[model]\nprovider = "gpu"\n[recipe]\nlott = 1\n',
    )
    for part in ("line 2", "Mars/Olympus", "line 4", "quality", "line 6", "provider", "line 8", "did you mean lot?"):
        assert part in text
    assert "\n" not in text


@pytest.mark.parametrize("text", ["[station", 'id = "a"\nid = "b"', "= 3", "\x00"])
def test_what_is_no_toml_is_one_sentence(tmp_path: Path, text: str) -> None:
    assert "not valid TOML" in refusal(tmp_path, text)


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="loupe init"):
        load_settings(tmp_path / "nothing.toml")


def test_paths_belong_to_the_files_folder(tmp_path: Path) -> None:
    text = '[camera]\nsource = "pictures"\n[model]\npackage = "m.zip"\n[record]\ndb = "r.db"\n'
    settings = load_settings(written(tmp_path, text))
    assert settings.camera.source == str(tmp_path / "pictures")
    order = order_from(written(tmp_path, text), Wishes())
    assert order.model == tmp_path / "m.zip"
    assert order.db == tmp_path / "r.db"


def test_the_command_line_outweighs_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[model]\npackage = "m.zip"\nprovider = "cuda"\n[record]\ndb = "r.db"\n')
    order = order_from(file, Wishes(db=Path("other.db"), provider="cpu", give_up_after_s=3))
    assert (order.db, order.provider, order.give_up_after_s) == (Path("other.db"), "cpu", 3)


@pytest.mark.parametrize(
    ("wishes", "missing"),
    [
        (Wishes(), "--source"),
        (Wishes(source="x"), "--model"),
        (Wishes(source="x", model=Path("m")), "--db"),
    ],
)
def test_what_is_said_nowhere_is_asked_for(wishes: Wishes, missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        order_from(None, wishes)


@given(st.text(max_size=300))
def test_any_text_is_settings_or_one_sentence(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "station.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(SettingsError):  # anything else would be a traceback for a user
        load_settings(path)


def test_lines_are_found_for_tables_and_dotted_keys() -> None:
    lines = lines_of('a = 1\n[t]\nb.c = 2\n# x = 1\n[t.u] # more\n"d.e" = 3\r\n["1"]\n')
    assert lines == {
        ("a",): 1,
        ("t",): 2,
        ("t", "b"): 3,
        ("t", "b", "c"): 3,
        ("t", "u"): 5,
        ("t", "u", "d.e"): 6,
        ("1",): 7,
    }


def test_lines_are_right_after_values_over_several_lines_and_in_inline_tables() -> None:
    lines = lines_of('text = """\n[no]\ntable = 1\n"""\nlist = [\n  1, # one\n]\n[t]\ninline = {a = 1, b.c = 2}\n')
    assert lines[("list",)] == 5
    assert lines[("t", "inline", "b", "c")] == 9
    assert ("no",) not in lines


def test_a_mistake_without_a_line_of_its_own_has_that_of_its_table() -> None:
    assert line_of(("camera", "nothing"), lines_of("\n[camera]\n")) == 2
    assert line_of(("nothing",), lines_of("\n[camera]\n")) is None


def test_a_mistake_in_an_inline_table_has_its_line(tmp_path: Path) -> None:
    text = refusal(tmp_path, 'give_up_after_s = 3\ncamera = { source = "usb:0", sorce = 1 }\n')
    assert "line 2: unknown key camera.sorce" in text


def test_shifts_are_said_once_and_wrong_ones_are_refused_with_their_line(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[station]\nshifts = ["05:30", "13:30", "21:30"]\n'))
    assert settings.station.shifts == ("05:30", "13:30", "21:30")
    text = refusal(tmp_path, '[station]\nid = "a"\nshifts = ["14:00", "06:00"]\n')
    assert "line 3" in text
    assert "each later in the day" in text
