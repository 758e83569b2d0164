"""`loupe models`: the models of a station: what is there, how they differ, which is active, who vouches for them.

Promises: `list`, `show` and `compare` change nothing; the commands that do stand in `hmi.cli.models_change`.
May import: click, hmi.cli; hmi.station and inference where they are used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hmi.cli.models_change import key, promote, remove, rollback, sign
from hmi.cli.models_place import package_of, station_options
from hmi.cli.progress import progress_bar

if TYPE_CHECKING:
    from hmi.station.models import ShelfState, Version
    from hmi.station.post import Place
    from inference.model.manifest import Manifest
    from inference.model.package import ModelPackage
    from inference.model.signing import Signature


@click.group("models", epilog="Example: loupe models list --station station.toml")
def command() -> None:
    """The models of a station: list, show, compare, promote, roll back, sign."""


for _command in (promote, rollback, remove, sign, key):
    command.add_command(_command)


@command.command("list", epilog="Example: loupe models list --station station.toml --json")
@station_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def list_(station_file: Path | None, db: Path | None, *, as_json: bool) -> None:
    """Every model on the station's shelf, and which one is active."""
    from hmi.station.models import read_state, versions
    from hmi.station.post import place_of

    place = place_of(station_file, db)
    state = read_state(place.shelf)
    models = [_listed(version, state, place) for version in versions(place.shelf)]
    active = None if state.active is None else state.active.model
    answer = {"station": place.station_id, "shelf": str(place.shelf), "active": active, "models": models}
    if place.named is not None:
        answer["named"] = str(place.named)
    _tell(answer, _list_words, as_json=as_json)


@command.command("show", epilog="Example: loupe models show ring.zip")
@click.argument("package", metavar="PKG")
@station_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def show(package: str, station_file: Path | None, db: Path | None, *, as_json: bool) -> None:
    """Everything that the package PKG says of itself: manifest, card, figures, signature.

    PKG is a package, or the first digits of the digest of a model on the shelf.
    """
    loaded, place = package_of(package, station_file, db)
    documents = loaded.documents
    answer = {
        "path": str(loaded.path),
        "digest": loaded.digest,
        "manifest": loaded.manifest.model_dump(mode="json"),
        "card": documents.get("card.md", b"").decode("utf-8", "replace"),
        "evaluation": _evaluation(documents.get("evaluation.json", b"null")),
        "signature": _signature(loaded.signature, place),
    }
    _tell(answer, _show_words, as_json=as_json)


@command.command("compare", epilog="Example: loupe models compare old.zip new.zip pictures/ring")
@click.argument("pair", metavar="A B", nargs=2)
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@station_options
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def compare(
    pair: tuple[str, str],
    dataset: Path | None,
    station_file: Path | None,
    db: Path | None,
    *,
    provider: str,
    as_json: bool,
) -> None:
    """The packages A and B side by side; with DATASET also picture by picture.

    On the labelled pictures the exact McNemar test says whether one is better or whether it may be chance.
    """
    loaded = [package_of(said, station_file, db)[0] for said in pair]
    answer: dict[str, Any] = {side: _identity(package) for side, package in zip("ab", loaded, strict=True)}
    answer["manifest"] = _side_by_side(loaded[0].manifest, loaded[1].manifest)
    if dataset is not None:
        answer["pictures"] = _judged(loaded, dataset, provider)
    _tell(answer, _compare_words, as_json=as_json)


def _tell(answer: dict[str, Any], words: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else words(answer))


def _list_words(answer: dict[str, Any]) -> str:
    from hmi.cli.models_words import list_words

    return list_words(answer)


def _show_words(answer: dict[str, Any]) -> str:
    from hmi.cli.models_words import show_words

    return show_words(answer)


def _compare_words(answer: dict[str, Any]) -> str:
    from hmi.cli.models_words import compare_words

    return compare_words(answer)


def _listed(version: Version, state: ShelfState, place: Place) -> dict[str, Any]:
    """One line of the list; of a damaged version what its folder's name says."""
    from hmi.station.models import held_of

    manifest, held = version.manifest, held_of(version.folder)
    last = [change for change in state.changes if change.folder == held.folder and change.kind != "removed"]
    return {
        "digest": held.model,
        "name": held.name,
        "folder": str(version.folder),
        "active": version.active,
        "task": None if manifest is None else manifest.task,
        "classes": [] if manifest is None else list(manifest.classes),
        "good_class": None if manifest is None else manifest.good_class,
        "taught": None if manifest is None else manifest.training.created or None,
        "signature": None if manifest is None else _signature(version.signature, place),
        "signed_by": None if version.signature is None else version.signature.key,
        "bytes": version.size_bytes,
        "promoted": {"at": last[-1].at, "by": last[-1].by, "why": last[-1].why} if last else None,
        "problem": version.problem or None,
    }


def _signature(signature: Signature | None, place: Place | None) -> dict[str, Any]:
    """State of the signature; `accepted` is null where no station was named."""
    key = None if signature is None else signature.key
    accepted = None if place is None else not place.accept or key in place.accept
    if signature is None:
        return {"state": "unsigned", "key": None, "key_id": None, "signed": None, "accepted": accepted}
    return {
        "state": "signed",
        "key": key,
        "key_id": signature.key_id,
        "signed": signature.signed,
        "accepted": accepted,
    }


def _evaluation(content: bytes) -> dict[str, Any] | None:
    """The figures that came with the package; null where there are none that can be read."""
    try:
        found: Any = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("accuracy"), float) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] (JSON of any kind)


def _identity(package: ModelPackage) -> dict[str, Any]:
    signature = package.signature
    signed_by = None if signature is None else signature.key
    return {"path": str(package.path), "name": package.name, "digest": package.digest, "signed_by": signed_by}


def _side_by_side(a: Manifest, b: Manifest) -> list[dict[str, Any]]:
    """Every field of both manifests; of the references only how many there are."""
    flat = [_flat(manifest.model_dump(mode="json")) for manifest in (a, b)]
    fields = dict.fromkeys([*flat[0], *flat[1]])
    return [
        {
            "field": field,
            "a": flat[0].get(field),
            "b": flat[1].get(field),
            "same": flat[0].get(field) == flat[1].get(field),
        }
        for field in fields
    ]


def _flat(document: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{above}{name}.")  # pyright: ignore[reportUnknownArgumentType] (a document of any kind)
        else:
            found[above + name] = len(value) if name == "references" else value
    return found


def _judged(packages: list[ModelPackage], dataset: Path, provider: str) -> dict[str, Any]:
    """Both packages on the set: figures of each, the pairs, and the pictures on which they differ."""
    from dataclasses import asdict

    from inference.teach.challenge import judge_set
    from inference.teach.paired import compare_judged

    with progress_bar() as progress:
        a, b = (judge_set(package.path, dataset, provider, progress) for package in packages)
    compared = asdict(compare_judged(a, b))
    for disagreement in compared["disagreements"]:
        disagreement["path"] = str(disagreement["path"])
    return {**compared, "figures": {"a": asdict(a.figures), "b": asdict(b.figures)}}
