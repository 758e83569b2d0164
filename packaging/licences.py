"""Whose software Loupe stands on: every package that an installation brings, its licence, and the licence's text.

    python packaging/licences.py          print the table of docs/third-party.md anew

The frozen program carries the texts (`licences/`); a test compares the document with what is installed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
TEXT = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)

# Where a package's metadata gives no short name, what its licence file says.
SAID_BY_FILE = {
    "cycler": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "PSF-based (Matplotlib license)",
    "scipy": "BSD-3-Clause",
    "click-default-group": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
}


def dependencies() -> list[Distribution]:
    """What pyproject.toml asks for on this machine and all that these ask for, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, Distribution] = {}
    asked = [Requirement(line) for line in project["dependencies"]]
    while asked:
        requirement = asked.pop()
        name = normal(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[name] = distribution(requirement.name)
        asked += [Requirement(line) for line in found[name].requires or ()]
    return [found[name] for name in sorted(found)]


def normal(name: str) -> str:
    """A package's name as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: Distribution) -> str:
    """The licence's short name as the package gives it."""
    metadata = package.metadata
    name = normal(metadata["Name"])
    classifiers = [c.split(" :: ")[-1] for c in metadata.get_all("Classifier") or () if c.startswith("License")]
    given = metadata.get("License-Expression") or SAID_BY_FILE.get(name) or metadata.get("License")
    return str(given or ", ".join(classifiers)).splitlines()[0].strip()


def texts(package: Distribution) -> Iterator[tuple[Path, str]]:
    """Each licence file of a package and the folder it shall have among all licences."""
    for file in package.files or ():
        if TEXT.search(file.name) and file.suffix not in {".py", ".pyc", ".pyi"}:
            inner = "/".join(part for part in file.parent.parts if not part.endswith(".dist-info"))
            yield Path(str(file.locate())), f"licences/{normal(package.metadata['Name'])}/{inner}".rstrip("/")


def main() -> None:
    """Print the table."""
    for package in dependencies():
        print(f"| {normal(package.metadata['Name'])} | {package.version} | {licence(package)} |")


if __name__ == "__main__":
    main()
