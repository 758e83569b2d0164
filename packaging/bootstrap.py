#!/usr/bin/env python3
"""From a fresh machine to a running Loupe with one command. Standard library only; Python 3.11 or later.

    python3 packaging/bootstrap.py demo            the simulated line (further options are passed on to `loupe demo`)
    python3 packaging/bootstrap.py test            the tests (further options are passed on to pytest)
    python3 packaging/bootstrap.py install         make .venv and nothing else
    python3 packaging/bootstrap.py run|bench|…     any other command of `loupe`

Promises: says on stderr what it does, leaves stdout to the command; the second time it only compares a stamp and
starts. What only root can install it installs as root, and otherwise prints the one line to run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

try:
    import ctypes
    import hashlib
    import shutil
except ImportError:  # Debian's python3-minimal has half of the standard library
    INSTALL_PYTHON = "apt-get update -qq && apt-get install -y -qq --no-install-recommends python3"
    if os.name == "nt" or os.geteuid() != 0 or "LOUPE_PYTHON_MENDED" in os.environ:
        print(f"bootstrap: this Python is incomplete; run this once: sudo sh -c '{INSTALL_PYTHON}'", file=sys.stderr)
        raise SystemExit(3) from None
    print("bootstrap: this Python is incomplete; installing python3 with apt-get", file=sys.stderr, flush=True)
    if subprocess.run(["sh", "-c", INSTALL_PYTHON], check=False, stdout=sys.stderr).returncode:
        raise SystemExit(3) from None
    os.environ["LOUPE_PYTHON_MENDED"] = "1"  # once is enough
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 (this very script again)

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "loupe-stamp"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Library that must load → Debian packages that bring it (Ubuntu 24.04 names some with t64).
OFFSCREEN = {
    "libxcb.so.1": ("libxcb1",),
    "libGL.so.1": ("libgl1",),
    "libglib-2.0.so.0": ("libglib2.0-0", "libglib2.0-0t64"),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libEGL.so.1": ("libegl1",),
    "libfreetype.so.6": ("libfreetype6",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
}
DISPLAY = {
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
}
CHINESE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


class CannotGoOn(Exception):
    """Something is missing that this script may not install. `str()` says what to do."""


def say(text: str) -> None:
    """One short line for the person who waits."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says; return the exit code."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments else 2
    word, rest = arguments[0], list(arguments[1:])
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs on whatever python3 is there)
        say(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}")
        return 3
    try:
        install(extra="dev" if word == "test" else "")
    except (CannotGoOn, OSError) as error:
        say(str(error))
        return 3
    except KeyboardInterrupt:
        say("interrupted; the next start goes on from here")
        return 130
    if word == "test":
        return run([str(PYTHON), "-m", "pytest", *test_options(rest)], ROOT)
    return 0 if word == "install" else run(loupe(word, rest))


def loupe(word: str, rest: Sequence[str]) -> list[str]:
    """The command line of any other word. -P: a folder `camera` where the user stands is not taken for ours."""
    return [str(PYTHON), "-P", "-m", "hmi", word, *rest]


def test_options(rest: Sequence[str]) -> list[str]:
    """Quick tests on both cores unless something else was asked for."""
    options = list(rest)
    if not any(option.startswith("-m") for option in options):
        options = ["-m", "not slow", *options]
    if not any(option.startswith("-n") for option in options):
        options = ["-n", "2" if "not slow" in options else "0", *options]
    return options


def run(command: Sequence[str], folder: Path | None = None) -> int:
    """Run there, or where the user stands. Ctrl-C and SIGTERM reach the child, which ends in order.

    A child that was killed counts as 128 + the signal's number.
    """
    with subprocess.Popen(command, cwd=folder) as child:
        before = signal.signal(signal.SIGTERM, lambda _number, _frame: child.terminate())
        try:
            code = waited(child)
        finally:
            signal.signal(signal.SIGTERM, before)
    return code if code >= 0 else 128 - code


def waited(child: subprocess.Popen[bytes]) -> int:
    """The child's exit code. A terminal sends Ctrl-C to both of us; only the child ends by it."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


# --- installing


def install(extra: str) -> None:
    """Make .venv hold what pyproject.toml asks for. Quick where the stamp says that it does."""
    wanted = stamp_of(extra)
    if up_to_date(wanted, extra):
        return
    install_system_packages()
    if not made_by_this_python():
        make_venv()
    what = f"{ROOT}[{extra}]" if extra else str(ROOT)
    say(f"installing Loupe{' and its test tools' if extra else ''} into .venv (some minutes the first time)")
    install_project(what)
    STAMP.write_text(wanted, "utf-8")


def stamp_of(extra: str) -> str:
    """Changes with pyproject.toml, with Python, and with what was installed."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{digest} {sys.version.split()[0]} {extra}"


def up_to_date(wanted: str, extra: str) -> bool:
    """True where .venv was made for this very pyproject.toml, perhaps with more extras than asked for."""
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    stamp = STAMP.read_text("utf-8")
    return stamp == wanted or (not extra and stamp.rsplit(" ", 1)[0] == wanted.rsplit(" ", 1)[0])


def made_by_this_python() -> bool:
    """True where .venv is there and was not made by another version of Python."""
    said = VENV / "pyvenv.cfg"
    if not (PYTHON.exists() and said.exists()):
        return False
    ours = ".".join(map(str, sys.version_info[:2]))
    lines = (line.partition("=") for line in said.read_text("utf-8").splitlines())
    versions = [value.strip() for key, _, value in lines if key.strip() in {"version", "version_info"}]
    return any(version == ours or version.startswith(f"{ours}.") for version in versions)


def make_venv() -> None:
    """Make .venv anew with uv where it is installed, else with the standard library."""
    uv = shutil.which("uv")
    say(f"making .venv with {'uv' if uv else 'venv'}")
    if VENV.is_dir():
        shutil.rmtree(VENV)
    command = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    if subprocess.run([*command, str(VENV)], check=False).returncode:
        raise CannotGoOn("the virtual environment could not be made; the lines above say why")


def install_project(what: str) -> None:
    """Install in place with the first installer that can."""
    for installer in installers():
        # stdout belongs to the command that comes after.
        if not subprocess.run([*installer, "--editable", what], check=False, stdout=sys.stderr).returncode:
            return
    raise CannotGoOn("the packages could not be installed; the lines above say why (without a network, see README)")


def installers() -> Iterator[list[str]]:
    """First uv, where it is installed; then pip, for where a site's own package index is told to pip only."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
        say("uv could not; trying pip")
    if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        subprocess.run([str(PYTHON), "-m", "ensurepip", "--upgrade"], check=False, stdout=sys.stderr)
    yield [str(PYTHON), "-m", "pip", "install", "--quiet"]


# --- what Debian and Ubuntu lack when bare


def install_system_packages() -> None:
    """Find what is missing and install it as root; otherwise say the one line to run."""
    if WINDOWS or sys.platform == "darwin" or not shutil.which("apt-get"):
        return
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0:
        needed = [package for package in missing if package not in OPTIONAL]
        line = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
        if needed:
            raise CannotGoOn(f"some system packages are missing; run this once, then again what you ran:\n    {line}")
        say(f"for Chinese text: {line}")
        return
    say(f"installing with apt-get (about a minute): {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt(["update"], environment)
    names = [available(package, environment) for package in missing]
    apt(["install", "-y", "--no-install-recommends", *names], environment)


OPTIONAL = {"fonts-noto-cjk"}


def missing_packages() -> list[str]:
    """Debian packages that must be added, the first of each pair of names."""
    missing = [names[0] for library, names in {**OFFSCREEN, **DISPLAY}.items() if not loads(library)]
    if not shutil.which("uv") and not made_by_this_python() and not can_make_venv():
        missing.insert(0, f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if not CHINESE.exists():
        missing.append("fonts-noto-cjk")
    return missing


def loads(library: str) -> bool:
    """True where the loader finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def can_make_venv() -> bool:
    """Debian's python3 has `venv` without `ensurepip` until python3-venv is installed."""
    try:
        import ensurepip
        import venv
    except ImportError:
        return False
    return bool(ensurepip and venv)


def available(package: str, environment: dict[str, str]) -> str:
    """The name under which this release has the package."""
    for names in {**OFFSCREEN, **DISPLAY}.values():
        if package == names[0]:
            return next((name for name in names if known(name, environment)), package)
    return package


def known(package: str, environment: dict[str, str]) -> bool:
    """True where apt can install a package of this name (not only a virtual one)."""
    shown = subprocess.run(
        ["apt-cache", "policy", package], capture_output=True, text=True, check=False, env=environment
    ).stdout
    return "Candidate:" in shown and "Candidate: (none)" not in shown


def apt(arguments: Sequence[str], environment: dict[str, str]) -> None:
    """apt-get; its words are shown only where it fails."""
    command = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments]
    told = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    if told.returncode:
        print(told.stdout, file=sys.stderr)
        raise CannotGoOn(f"`{' '.join(command)}` failed; the lines above say why")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
