"""Answers of `loupe models` in words.

May import: the standard library.
"""

from __future__ import annotations

from typing import Any

_SHOWN = 20
"""Pictures named in words; `--json` names all."""


def list_words(answer: dict[str, Any]) -> str:
    """One model in a few lines, the active one marked."""
    if not answer["models"]:
        return f"{answer['shelf']}: no model yet; `loupe models promote PKG --why …` puts one there"
    lines = [f"{answer['shelf']}, station {answer['station']}"]
    if "named" in answer:
        lines.append(f"not in force: the station's file names {answer['named']}")
    for model in answer["models"]:
        lines += _listed(model)
    return "\n".join(lines)


def _listed(model: dict[str, Any]) -> list[str]:
    mark = "*" if model["active"] else " "
    lines = [f"{mark} {_short(model['digest'])} {model['name']}" + (", active" if model["active"] else "")]
    if model["problem"]:
        return [*lines, f"    cannot be used: {model['problem']}"]
    lines.append(
        f"    {model['task']}: {', '.join(model['classes'])}; taught {model['taught'] or 'at an unknown time'}"
    )
    lines.append(f"    {_signed(model['signature'])}")
    if model["promoted"]:
        last = model["promoted"]
        lines.append(f"    made active {last['at']} by {last['by']}: {last['why']}")
    return lines


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _signed(signature: dict[str, Any]) -> str:
    refused = "; this station does not accept it" if signature["accepted"] is False else ""
    if signature["state"] == "unsigned":
        return "not signed" + refused
    return f"signed by {signature['key']} (key {signature['key_id']}) on {signature['signed']}{refused}"


def show_words(answer: dict[str, Any]) -> str:
    """Card first, then what stands in the manifest."""
    manifest = answer["manifest"]
    classes, good, size = ", ".join(manifest["classes"]), manifest["good_class"] or "none", manifest["input"]
    lines = [
        f"{manifest['name']}  {answer['digest']}",
        f"{answer['path']}: {_signed(answer['signature'])}",
        f"{manifest['task']}: {classes}; good class: {good}; threshold {manifest['threshold']:.4g}",
        f"input {size['width']} x {size['height']}, {len(manifest['references'])} reference pictures",
    ]
    lines += _figures(answer["evaluation"])
    return "\n".join([*lines, "", answer["card"].strip() or "no card: this network came without one"])


def _figures(evaluation: dict[str, Any] | None) -> list[str]:
    return (
        ["no figures came with it: `loupe evaluate` makes some"] if evaluation is None else [_figure_words(evaluation)]
    )


def _figure_words(figures: dict[str, Any]) -> str:
    text = f"{figures.get('images')} pictures: accuracy {figures['accuracy']:.4f}"
    if figures.get("escapes") is None:
        return text
    return f"{text}, {figures['escapes']} escapes, {figures['false_rejects']} false rejects"


def compare_words(answer: dict[str, Any]) -> str:
    """What differs in the manifests, then on the pictures."""
    lines = [
        f"{side.upper()}: {answer[side]['name']} {_short(answer[side]['digest'])} {answer[side]['path']}"
        for side in "ab"
    ]
    different = [row for row in answer["manifest"] if not row["same"]]
    lines.append(
        f"{len(different)} fields of the manifests differ, {len(answer['manifest']) - len(different)} are the same"
    )
    lines += [f"  {row['field']}: {_value(row['a'])} | {_value(row['b'])}" for row in different]
    return "\n".join([*lines, *(_pictures(answer["pictures"]) if "pictures" in answer else [])])


def _value(value: Any) -> str:
    text = "–" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] (JSON)
    return text if len(text) <= 60 else text[:57] + "…"


def _pictures(pictures: dict[str, Any]) -> list[str]:
    lines = [f"{side.upper()} on {_figure_words(pictures['figures'][side])}" for side in "ab"]
    lines += [_pairing(by, pictures[by]) for by in ("verdict", "label") if pictures[by] is not None]
    shown = pictures["disagreements"]
    lines.append(f"{len(shown)} pictures on which they differ" + (":" if shown else ""))
    lines += [
        f"  {_saying(one['a'])} | {_saying(one['b'])}  truly {one['truth']}  {one['path']}" for one in shown[:_SHOWN]
    ]
    if len(shown) > _SHOWN:
        lines.append(f"  and {len(shown) - _SHOWN} more; --json names all")
    return lines


def _pairing(by: str, pairs: dict[str, Any]) -> str:
    a, b, p = pairs["only_a_right"], pairs["only_b_right"], pairs["p_value"]
    if a == b:
        meaning = "no difference"
    elif p < 0.05:
        meaning = f"{'A' if a > b else 'B'} is better"
    else:
        meaning = "may be chance"
    both = f"both right {pairs['both_right']}, both wrong {pairs['both_wrong']}"
    return f"by {by}: only A right {a}, only B right {b}, {both}; McNemar p = {p:.3g}: {meaning}"


def _saying(saying: dict[str, Any]) -> str:
    score = "" if saying["score"] is None else f" {saying['score']:.4f}"
    return f"{saying['verdict']} {saying['label']}{score}".replace("  ", " ").strip()
