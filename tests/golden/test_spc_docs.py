"""The pages of docs/spc say what the program does today: `python -m tests.golden.spc_docs.write` writes them anew."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from inference.spc.study.catalogue import STUDIES
from tests.golden.spc_docs.examples import example
from tests.golden.spc_docs.page import Page
from tests.golden.spc_docs.write import FOLDER, PAGES, ROOT, draw, index, text_of

NAMES = [page.name for page in PAGES]
WITHOUT_PAGE = {
    *("xbar", "t2_subgroups", "rules", "constants", "capability_summary", "boxcox", "acceptance_single"),
    *("acceptance_lot", "acceptance_variables", "capability_percentiles", "gage_rr_nested", "gage_rr_range"),
    *("gage_bias", "gage_linearity", "gage_stability", "attribute_study"),
}
"""Kinds of study that another page speaks of, or that are tables rather than charts."""


def png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_is_as_it_would_be_written_today(page: Page) -> None:
    folder = ROOT / FOLDER
    assert (folder / "data" / f"{page.name}.{page.ending}").read_text("utf-8") == example(page.name)
    assert (folder / f"{page.name}.md").read_text("utf-8") == text_of(page)


@pytest.mark.parametrize("page", [page for page in PAGES if page.picture], ids=lambda page: page.name)
def test_a_picture_is_there_and_is_drawn_again_in_the_same_size(page: Page, tmp_path: Path) -> None:
    draw(page, tmp_path / "again.png")
    there = ROOT / FOLDER / "pictures" / f"{page.name}.png"
    assert png_size(there) == png_size(tmp_path / "again.png")


def test_the_index_names_every_page_and_every_chart_has_one() -> None:
    text = (ROOT / FOLDER / "README.md").read_text("utf-8")
    assert text == index()
    assert {page.chart for page in PAGES} | WITHOUT_PAGE >= STUDIES.keys()
    assert len(set(NAMES)) == len(NAMES)
