"""The answer of `loupe evaluate` in lines for a person.

May import: the standard library.
"""

from __future__ import annotations

from typing import Any

_SHOWN_PAIRS = 10


def words(answer: dict[str, Any]) -> str:
    """The whole answer, most important things first."""
    lines = _figures(answer)
    lines += _classes(answer["per_class"])
    lines += _overlap(answer.get("overlap"))
    lines += _risk(answer.get("risk"))
    lines += _doubts(answer.get("doubts"))
    lines += _pictures(answer.get("pictures"))
    return "\n".join(lines)


def _figures(answer: dict[str, Any]) -> list[str]:
    low, high = answer["accuracy_ci95"]
    accuracy = f"accuracy {answer['accuracy']:.4f} (95 %: {low:.4f} to {high:.4f})"
    lines = [f"{answer['images']} images: {accuracy}, F1 {answer['f1_macro']:.4f}"]
    if answer["not_decidable"]:
        lines.append(f"{answer['not_decidable']} not decidable: the network could not judge them")
    if answer["auroc"] is not None:
        lines.append(f"AUROC {answer['auroc']:.4f}, average precision {answer['average_precision']:.4f}")
    if answer.get("pixel_auroc") is not None:
        lines.append(f"AUROC of the heat maps' pixels {answer['pixel_auroc']:.4f}")
    for name, count, share in (
        ("escapes", answer["escapes"], answer["escape_rate"]),
        ("false rejects", answer["false_rejects"], answer["false_reject_rate"]),
    ):
        if share is not None:
            low, high = share["ci95"]
            lines.append(f"{count} {name}: {share['value']:.2%} (95 %: {low:.2%} to {high:.2%})")
    return lines


def _classes(per_class: dict[str, dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for name, figures in per_class.items():
        told = [f"{what} {figures[what]:.4f}{_room(figures[f'{what}_ci95'])}" for what in ("precision", "recall", "f1")]
        lines.append(f"  {name} ({figures['images']} images): {', '.join(told)}")
    return lines


def _room(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f" ({interval[0]:.3f} to {interval[1]:.3f})"


def _overlap(overlap: dict[str, Any] | None) -> list[str]:
    if overlap is None:
        return []
    if not overlap["affected"]:
        return [f"no picture is a relative of one of the {overlap['taught']} taught ones"]
    reasons = ", ".join(f"{count} {why}" for why, count in overlap["by_reason"].items() if count)
    lines = [f"{overlap['affected']} of {overlap['tested']} pictures are relatives of taught ones: {reasons}"]
    rest = overlap["without"]
    if rest is not None:
        lines.append(f"without them: {rest['images']} images, accuracy {rest['accuracy']:.4f}")
    lines += [f"  {pair['tested']} ~ {pair['taught']} ({pair['why']})" for pair in overlap["pairs"][:_SHOWN_PAIRS]]
    more = len(overlap["pairs"]) - _SHOWN_PAIRS
    return [*lines, f"  and {more} more (--json names them all)"] if more > 0 else lines


def _risk(risk: dict[str, Any] | None) -> list[str]:
    return [] if risk is None else ["Risk:", *(f"  {line}" for line in risk["words"])]


def _doubts(doubts: dict[str, Any] | None) -> list[str]:
    if doubts is None:
        return []
    lines = [f"Labels in doubt, by {_judge(doubts['source'])}: {doubts['found']}"]
    for doubt in doubts["labels"]:
        also = ", its nearest pictures agree" if doubt["by_neighbours"] else ""
        lines.append(
            f"  {doubt['path']}: {doubt['label']} ({doubt['chance_of_label']:.2f}), "
            f"rather {doubt['likely']} ({doubt['chance_of_likely']:.2f}){also}"
        )
    lines.append("Hard pictures (margin to the right side; below 0: judged wrongly):")
    lines += [
        f"  {hard['path']}: {hard['truth']}, judged {hard['label']}, {hard['margin']:+.3f}" for hard in doubts["hard"]
    ]
    return lines


def _judge(source: str) -> str:
    return "the package's own probabilities" if source == "package" else "heads that had not seen them"


def _pictures(pictures: list[dict[str, Any]] | None) -> list[str]:
    if pictures is None:
        return []
    lines = ["Pictures:"]
    for picture in pictures:
        score = "no score" if picture["score"] is None else f"{picture['score']:.4f}"
        lines.append(
            f"  {picture['path']}: {picture['truth']}, judged {picture['label']} ({picture['verdict']}, {score})"
        )
    return lines
