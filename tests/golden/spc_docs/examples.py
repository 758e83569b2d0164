"""Example files of the pages: seeded, made here, the same on every machine."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence


def normal(chance: random.Random, mean: float, sigma: float) -> float:
    """A sum of twelve uniform numbers, which no library version changes."""
    return mean + sigma * (sum(chance.random() for _ in range(12)) - 6.0)


def count(chance: random.Random, mean: float) -> int:
    """A count with this mean: how many of 400 chances hit."""
    return sum(chance.random() < mean / 400.0 for _ in range(400))


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [",".join(titles), *(",".join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def xbar_r(chance: random.Random) -> str:
    rows = [
        [n, *(f"{normal(chance, 12.0 + (0.045 if n > 26 else 0.0), 0.03):.3f}" for _ in range(5))] for n in range(1, 31)
    ]
    return table(["hour", *"abcde"], rows)


def xbar_s(chance: random.Random) -> str:
    rows = [[n, f"{normal(chance, 8.0, 0.1 if n != 14 else 0.3):.3f}"] for n in range(1, 21) for _ in range(9 + n % 4)]
    return table(["batch", "mm"], rows)


def i_mr(chance: random.Random) -> str:
    values = [f"{normal(chance, 25.0, 0.012):.4f}" for _ in range(40)]
    values[30] = "25.0489"
    values[12] = ""
    return table(["part", "bore_mm"], list(enumerate(values, 1)))


def weights(chance: random.Random) -> str:
    values = [f"{normal(chance, 50.0 + (0.4 if n > 20 else 0.0), 0.4):.2f}" for n in range(1, 36)]
    return table(["sample", "weight_g"], list(enumerate(values, 1)))


def vectors(chance: random.Random) -> str:
    rows = list[list[str]]()
    for n in range(1, 41):
        size = normal(chance, 0.0, 1.0)
        diameter, length = 25.0 + 0.02 * size, 80.0 + 0.05 * size + normal(chance, 0.0, 0.02)
        mass = 310.0 + 0.6 * size + normal(chance, 0.0, 0.25) - (2.2 if n == 33 else 0.0)
        rows.append([str(n), f"{diameter:.4f}", f"{length:.3f}", f"{mass:.2f}"])
    return table(["part", "diameter", "length", "mass"], rows)


def short_run(chance: random.Random) -> str:
    parts = [*"AAAAAAA", *"BBBBBBB", *"CCCCCCC", *"AAAAAA"]
    nominal = {"A": (20.0, 0.02), "B": (35.0, 0.05), "C": (8.0, 0.02)}
    rows = [[part, f"{normal(chance, *nominal[part]):.3f}"] for part in parts]
    return table(["part", "mm"], rows)


def p(chance: random.Random) -> str:
    rows = [[n, count(chance, 12.0 if n != 27 else 34.0), 400 + 20 * (n % 5)] for n in range(1, 31)]
    return table(["day", "bad", "inspected"], rows)


def np_chart(chance: random.Random) -> str:
    return table(["day", "bad", "inspected"], [[n, count(chance, 7.0), 200] for n in range(1, 26)])


def c(chance: random.Random) -> str:
    return table(["roll", "flaws"], [[n, count(chance, 9.0 if n != 18 else 24.0)] for n in range(1, 27)])


def u(chance: random.Random) -> str:
    sizes = [round(8 + 4 * chance.random(), 1) for _ in range(24)]
    return table(
        ["roll", "flaws", "square_m"], [[n, count(chance, 1.4 * size), size] for n, size in enumerate(sizes, 1)]
    )


def laney_p(chance: random.Random) -> str:
    rows = list[list[object]]()
    for n in range(1, 25):
        orders = 20_000 + 500 * (n % 7)
        rows.append([n, round(orders * normal(chance, 0.05, 0.006)), orders])
    return table(["week", "late", "orders"], rows)


def laney_u(chance: random.Random) -> str:
    rows = list[list[object]]()
    for n in range(1, 25):
        machines = 4000 + 100 * (n % 6)
        rows.append([n, round(machines * normal(chance, 0.8, 0.05)), machines])
    return table(["week", "calls", "machines"], rows)


def g(chance: random.Random) -> str:
    rows = [[n, int(-60.0 * _log(chance))] for n in range(1, 31)]
    return table(["event", "good_between"], rows)


def t(chance: random.Random) -> str:
    return table(["failure", "hours"], [[n, f"{-400.0 * _log(chance):.1f}"] for n in range(1, 26)])


def _log(chance: random.Random) -> float:
    return math.log(1.0 - chance.random())


def capability(chance: random.Random) -> str:
    return table(["part", "bore_mm"], [[n, f"{normal(chance, 25.004, 0.009):.4f}"] for n in range(1, 81)])


def gage_rr(chance: random.Random) -> str:
    parts = {n: normal(chance, 10.0, 0.12) for n in range(1, 11)}
    bias = {"Ada": 0.0, "Ben": 0.012, "Cleo": -0.008}
    rows = [
        [part, who, f"{value + shift + normal(chance, 0.0, 0.016):.3f}"]
        for part, value in parts.items()
        for who, shift in bias.items()
        for _ in range(3)
    ]
    return table(["part", "operator", "mm"], rows)


def pareto(chance: random.Random) -> str:
    kinds = {"scratch": 0.42, "dent": 0.25, "burr": 0.15, "stain": 0.1, "wrong size": 0.05, "crack": 0.03}
    found = chance.choices(list(kinds), list(kinds.values()), k=240)
    return table(["part", "kind"], list(enumerate(found, 1)))


def agreement(chance: random.Random) -> str:
    counts = list[list[int]]()
    for n in range(20):
        bad = sum(chance.random() < (0.9 if n % 3 == 0 else 0.07) for _ in range(5))
        counts.append([5 - bad, bad])
    data = {"cohen_table": [[61, 4], [6, 29]], "fleiss_counts": counts}
    return json.dumps({"chart": "attribute_agreement", "data": data}) + "\n"


def sampling(chance: random.Random) -> str:
    del chance
    params = {"p1": 0.01, "alpha": 0.05, "p2": 0.06, "beta": 0.1}
    return json.dumps({"chart": "acceptance_find_plan", "params": params}) + "\n"


EXAMPLES: dict[str, Callable[[random.Random], str]] = {
    "xbar_r": xbar_r,
    "xbar_s": xbar_s,
    "i_mr": i_mr,
    "ewma": weights,
    "cusum": weights,
    "ma": weights,
    "t2": vectors,
    "mewma": vectors,
    "short_run": short_run,
    "p": p,
    "np": np_chart,
    "c": c,
    "u": u,
    "laney_p": laney_p,
    "laney_u": laney_u,
    "g": g,
    "t": t,
    "capability": capability,
    "gage_rr": gage_rr,
    "agreement": agreement,
    "sampling": sampling,
    "pareto": pareto,
}
_SEEDS = {weights: 1, p: 9}
"""Chosen so that what a page says of its chart shows, and no false alarm beside it."""


def example(name: str) -> str:
    """The example file of a page. Pages that share a maker share the data."""
    maker = EXAMPLES[name]
    return maker(random.Random(f"loupe {_SEEDS.get(maker, 3)}"))
