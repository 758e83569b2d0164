"""The words of a headless run's end: what was counted and where everything lies.

May import: hmi.cli, hmi.station, inference, hmi.paper (lazily: matplotlib takes a second).
"""

from __future__ import annotations

from pathlib import Path

from hmi.cli.headless import RunAnswer
from hmi.station.order import Order
from inference.pipeline.snapshot import ChartSnapshot


def summary(answer: RunAnswer, order: Order) -> str:
    """Several lines of plain text."""
    latency = answer["latency_ms"]
    lines = [
        "{parts} parts: {ok} OK, {not_ok} not OK, {not_decidable} not decided; {missed} missed".format_map(answer),
        "{recorded} recorded in {seconds:.1f} s ({parts_per_s:.1f} parts/s) on {provider}".format_map(answer),
    ]
    if latency["p50"] is not None:
        lines.append(f"picture to verdict: median {latency['p50']:.0f} ms, 99 % under {latency['p99']:.0f} ms")
    lines.append(f"database: {order.db}")
    if answer["images_written"]:
        lines.append(f"pictures: {image_folder(order.db)} ({answer['images_written']})")
    return "\n".join(lines)


def image_folder(db: Path) -> Path:
    """Where the record of `db` keeps its pictures."""
    return db.with_name(f"{db.stem}_images")


def violations(charts: tuple[ChartSnapshot, ...]) -> list[str]:
    """One line a chart that shows a violation: which rules, first where."""
    lines: list[str] = []
    for chart in charts:
        if not chart.violations:
            continue
        first = chart.violations[0]
        rules = sorted({rule for violation in chart.violations for rule in violation.rules})
        named = ", ".join(str(rule) for rule in rules)
        seq = int(chart.seqs[first.at])
        lines.append(f"chart {chart.key}: rule {named} ({len(chart.violations)} points, the first at part {seq})")
    return lines


def draw(charts: tuple[ChartSnapshot, ...], db: Path, title: str) -> Path:
    """Draw the charts beside the database and return the picture's path."""
    from hmi.paper.charts import draw_charts

    path = db.with_name(f"{db.stem}_charts.png")
    draw_charts(charts, path, title)
    return path
