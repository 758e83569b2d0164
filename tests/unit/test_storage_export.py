"""What leaves the record: the columns of the contract, harmless in a spreadsheet, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hmi.cli.export import command
from inference.inspection import Verdict
from storage.cells import COLUMNS, harmless
from storage.errors import ExportFailed, ExportRefused, NotARecord
from storage.export import export
from storage.filters import Filters
from tests.unit.storage_parts import RECIPE, filled, job, journal, part, started


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_has_the_columns_of_the_contract_then_the_characteristics(tmp_path: Path) -> None:
    answer = export(filled(tmp_path), tmp_path / "out.csv")
    content = (tmp_path / "out.csv").read_bytes()
    header, *rows = content.decode("utf-8").split("\r\n")
    assert header == (
        "seq,id,station,at,job,product,lot,serial,recipe,recipe_digest,model,model_digest,verdict,machine_verdict,label,"
        "score,threshold,reasons,source,image,duration_ms,operator,override_by,override_reason,m:bore,m:edge"
    )
    assert len(rows) == 7
    assert rows[-1] == ""
    assert (answer.rows, answer.file) == (6, str(tmp_path / "out.csv"))
    assert answer.sha256 == hashlib.sha256(content).hexdigest()


def test_a_row_says_what_the_record_holds(tmp_path: Path) -> None:
    export(filled(tmp_path, zone="Europe/Berlin"), tmp_path / "out.csv")
    row = table(tmp_path / "out.csv")[2]
    assert {name: row[name] for name in ("seq", "at", "verdict", "machine_verdict", "m:bore", "m:edge")} == {
        "seq": "3",
        "at": "2026-03-29T01:30:03.000000+01:00",
        "verdict": "OK",
        "machine_verdict": "NOT_OK",
        "m:bore": "25.003",
        "m:edge": "",
    }
    assert row["reasons"] == "defect.found label=scratch, score=0.93"
    assert (row["override_by"], row["override_reason"]) == ("anna", "'=dust, wiped off")
    assert (tmp_path / row["image"]).is_file()
    assert (row["recipe_digest"], row["model_digest"], row["duration_ms"]) == (RECIPE.digest, "", "3.5")


def test_json_lines_keep_texts_as_they_are_and_numbers_as_numbers(tmp_path: Path) -> None:
    export(filled(tmp_path), tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 6
    assert list(lines[0]) == [*COLUMNS, "m:bore", "m:edge"]
    assert (lines[2]["override_reason"], lines[2]["m:bore"]) == ("=dust, wiped off", 25.003)
    assert lines[2]["reasons"] == [{"code": "defect.found", "args": {"label": "scratch", "score": 0.93}}]
    assert lines[0]["m:edge"] is None


@pytest.mark.parametrize(
    "text", ["=1+1", "+49", "-5", "@SUM(A1)", " =1", "\t=1", "\tx", "\rx", "\n=1", "＝1", "\u00a0=1"]
)
def test_texts_a_spreadsheet_would_run_are_made_harmless(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("cell", ["", "L-1", "a=b", "名前", None, -5, -0.5, 25.0])
def test_everything_else_stays_as_it_is(cell: str | float | None) -> None:
    assert harmless(cell) == cell


def test_hostile_texts_come_through_every_column(tmp_path: Path) -> None:
    serial, lot = '=HYPERLINK("x")\r\n"q",;\0', "@مرحبا 🏭"
    sink = journal(tmp_path)
    of = job("job-1", lot)
    sink.append([started(of), part(1, of=of, serial=serial), part(2, of=of, serial="\udcff" + "s" * 10_000)])
    sink.close()
    export(sink.path, tmp_path / "out.csv")
    first, second = table(tmp_path / "out.csv")
    assert (first["serial"], first["lot"]) == ("'" + serial, "'" + lot)
    assert second["serial"] == "\\udcff" + "s" * 10_000
    assert export(sink.path, tmp_path / "out.csv", filters=Filters(serial=serial)).rows == 1


def test_filters_and_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    answer = export(
        filled(tmp_path, 1201), tmp_path / "o.csv", None, Filters(verdict=Verdict.OK), lambda *at: seen.append(at)
    )
    assert answer.rows == 802
    assert seen == [(500, 802), (802, 802)]


def test_refusals_name_what_is_wrong_and_leave_the_old_file(tmp_path: Path) -> None:
    path, out = filled(tmp_path), tmp_path / "out.csv"
    out.write_text("old")
    refused = [
        (tmp_path / "out.xlsx", None, "not written by this version"),
        (tmp_path / "out", None, "not known"),
        (out, "parquet", "not written by this version"),
        (path, "csv", "is the database"),
        (tmp_path / "none" / "out.csv", None, "does not exist"),
    ]
    for target, kind, said in refused:
        with pytest.raises(ExportRefused, match=said):
            export(path, target, kind)
    with pytest.raises(NotARecord, match="does not exist"):
        export(tmp_path / "none.db", out)
    assert out.read_text() == "old"


def test_an_export_that_fails_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = filled(tmp_path), tmp_path / "out.csv"
    out.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ExportFailed, match="No space left"):
        export(path, out)
    assert out.read_text() == "old"
    assert not list(tmp_path.glob(".out.csv*"))


def test_the_command_takes_times_in_the_stations_zone(tmp_path: Path) -> None:
    path, out = filled(tmp_path, zone="Europe/Berlin"), tmp_path / "out.jsonl"
    asked = [
        "--from",
        "2026-03-29T01:30:02",
        "--to",
        "2026-03-29T00:30:05Z",
        "--verdict",
        "ok",
        "--lot",
        "L1",
        "--json",
    ]
    answer = CliRunner().invoke(command, [str(path), "--out", str(out), *asked])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["rows"] == 3
    bad = CliRunner().invoke(command, [str(path), "--out", str(out), "--from", "soon"])
    assert isinstance(bad.exception, ExportRefused)
