"""The commands of `loupe models` that change something: promote, rollback, remove, sign, key.

Promises: each change of a station's model asks for a reason and is in the record before the command ends.
May import: click, hmi.cli; hmi.station and inference where they are used.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hmi.cli.models_place import package_of, station_options

if TYPE_CHECKING:
    from hmi.station.post import Place
    from hmi.station.promotion import Outcome, Reason

_Function = Callable[..., Any]


def _reason_options(function: _Function) -> _Function:
    why = click.option("--why", required=True, metavar="TEXT", help="Why, for the record.")
    by = click.option("--by", metavar="ID", help="Who, as the record knows them; else operator: and the login's name.")
    as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    return why(by(as_json(function)))


@click.command("promote", epilog='Example: loupe models promote ring.zip --why "fewer false rejects"')
@click.argument("package", metavar="PKG")
@station_options
@_reason_options
def promote(
    package: str, station_file: Path | None, db: Path | None, why: str, by: str | None, *, as_json: bool
) -> None:
    """Copy PKG to the station's shelf and make it the active model.

    PKG is a package, or the first digits of the digest of a model on the shelf. The station must not run meanwhile.
    """
    from hmi.station.post import place_of
    from hmi.station.promotion import promote as change

    place = place_of(station_file, db)
    loaded, _ = package_of(package, station_file, db)
    _tell(change(place.post, loaded, _reason(by, why)), place, "is active now", as_json=as_json)


@click.command("rollback", epilog='Example: loupe models rollback --why "rejects good parts"')
@station_options
@_reason_options
def rollback(station_file: Path | None, db: Path | None, why: str, by: str | None, *, as_json: bool) -> None:
    """Make the model active again that was active before."""
    from hmi.station.post import place_of
    from hmi.station.promotion import roll_back

    place = place_of(station_file, db)
    _tell(roll_back(place.post, _reason(by, why)), place, "is active again", as_json=as_json)


@click.command("remove", epilog='Example: loupe models remove 3f0c2ab1 --why "taught on wrong labels"')
@click.argument("model", metavar="DIGEST")
@station_options
@_reason_options
def remove(model: str, station_file: Path | None, db: Path | None, why: str, by: str | None, *, as_json: bool) -> None:
    """Take a model off the shelf for good; the active one stays."""
    from hmi.station.models import find
    from hmi.station.post import place_of
    from hmi.station.promotion import remove as change

    place = place_of(station_file, db)
    folder = find(place.shelf, model)
    _tell(change(place.post, folder, _reason(by, why)), place, "was removed", as_json=as_json)


@click.command("sign", epilog="Example: loupe models sign ring.zip")
@click.argument("package", metavar="PKG", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def sign(package: Path, *, as_json: bool) -> None:
    """Vouch for the package PKG with this user's key, which is made at its first use."""
    from inference.model.seal import sign_package
    from inference.model.signing_key import signing_key

    signature = sign_package(package, signing_key())
    if as_json:
        answer = {"package": str(package), "key": signature.key, "key_id": signature.key_id, "signed": signature.signed}
        click.echo(json.dumps({**answer, "files": len(signature.files)}, ensure_ascii=False))
        return
    click.echo(f"{package}: {len(signature.files)} files signed by {signature.key}")


@click.command("key", epilog="Example: loupe models key")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def key(*, as_json: bool) -> None:
    """Print this user's public key, to be listed under `accept` in a station's file."""
    from inference.model.signing import key_id, public_key
    from inference.model.signing_key import key_file, signing_key

    public = public_key(signing_key())
    if as_json:
        click.echo(json.dumps({"key": public, "key_id": key_id(public), "file": str(key_file())}, ensure_ascii=False))
        return
    click.echo(public)


def _reason(by: str | None, why: str) -> Reason:
    from hmi.station.promotion import Reason

    return Reason(by or f"operator:{_login()}", why)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in the system's list, as in some containers
        return "unknown"


def _tell(outcome: Outcome, place: Place, what: str, *, as_json: bool) -> None:
    in_force = place.named is None
    if as_json:
        answer = {
            "changed": outcome.changed,
            "name": outcome.name,
            "old": outcome.old or None,
            "new": outcome.new or None,
            "folder": str(outcome.folder),
            "station": place.station_id,
            "db": str(place.db),
            "event": outcome.event or None,
            "in_force": in_force,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif outcome.changed:
        click.echo(f"{outcome.name} ({outcome.folder.name}) {what} on {place.station_id}, recorded in {place.db}")
    else:
        click.echo(f"{outcome.name} ({outcome.folder.name}) is the active model already; nothing was changed")
    if not in_force:
        note = f"the station's file names {place.named}, which outweighs the shelf: take `package` out of [model]"
        click.echo(f"loupe: {note}", err=True)
