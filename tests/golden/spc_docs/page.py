"""What one page of docs/spc is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page: words, and the command whose answer it shows."""

    name: str
    """Of the page, of its example file and of its picture."""
    chart: str
    """Kind of study."""
    title: str
    line: str
    """One line for the index: what it watches."""
    when: str
    needs: str
    formula: tuple[str, ...]
    source: str
    options: str = ""
    """Of the example command, after the file."""
    ending: str = "csv"
    """Of the example file."""
    picture: bool = True
    also: str = ""
    """Another remark."""
