"""The house's rules as tests: who may import whom, where threads and libraries live, how long a file may be."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("camera", "inference", "storage", "hmi")
TOP_LEVEL = {
    "pyproject.toml",
    "README.md",
    "docs",
    "hmi",
    "inference",
    "camera",
    "storage",
    "resources",
    "tests",
    "packaging",
}
MADE_HERE = {"build", "dist", "demo-output", "loupe_station.egg-info", "__pycache__"}
LONGEST = 320
THREAD_MAKERS = {"inference/pipeline/stage.py", "hmi/window/jobs.py"}
ONLY_HERE = {
    "cv2": {"camera/vision.py"},
    "onnxruntime": {"inference/model/session.py"},
    "sqlite_utils": None,  # any file of storage/
    "PySide6": None,  # any file of hmi/window/
}


def production() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """Top-level names of everything this file imports, at its top or later."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def tool(*command: str) -> None:
    answer = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_ruff_finds_nothing() -> None:
    tool("ruff", "check", "--quiet", ".")
    tool("ruff", "format", "--check", "--quiet", ".")


def test_pyright_strict_finds_nothing_outside_the_window() -> None:
    tool("pyright")


def test_imports_point_from_the_screen_to_the_camera() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([str(script), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_top_level_is_the_owners() -> None:
    git = shutil.which("git")  # a bare Debian has none
    listed = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False) if git else None
    names = {line.split("/")[0] for line in listed.stdout.splitlines()} if listed else set()
    names = names or {path.name for path in ROOT.iterdir()} - MADE_HERE
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("path", production(), ids=relative)
def test_every_module_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= LONGEST


def test_each_library_is_imported_where_the_house_says() -> None:
    for path in production():
        for library in imported(path) & set(ONLY_HERE):
            where = relative(path)
            files = ONLY_HERE[library]
            home = {"sqlite_utils": "storage/", "PySide6": "hmi/window/"}.get(library, "")
            assert (where in files) if files else where.startswith(home), f"{where} imports {library}"


def test_threads_are_born_in_two_files() -> None:
    makers = re.compile(r"\b(Thread|ThreadPoolExecutor|QThread|QThreadPool|QtConcurrent|Timer)\(")
    found = {relative(path) for path in production() if re.search(makers, path.read_text("utf-8"))}
    timers = {name for name in found if name.startswith("hmi/window/")}  # QTimer( is no thread
    assert found - timers <= THREAD_MAKERS
    qt = re.compile(r"(?<!Q)\b(Thread|ThreadPoolExecutor|QThread|QThreadPool)\(")
    assert {n for n in timers if re.search(qt, (ROOT / n).read_text("utf-8"))} <= THREAD_MAKERS


def test_opencv_opens_cameras_in_one_file_and_windows_nowhere() -> None:
    for path in production():
        text = path.read_text("utf-8")
        assert "VideoCapture(" not in text or relative(path) == "camera/opencv.py", relative(path)
        # cv2's own windows bring a second Qt that ends the process.
        assert not re.search(r"cv2\.(imshow|namedWindow|waitKey)", text), relative(path)


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_no_dependency_owns_one_of_our_names() -> None:
    ours = {*ROOMS, "resources"}
    for distribution in distributions():
        if distribution.metadata["Name"] == "loupe-station":
            continue
        # `packaging` is a library of that name, too: a folder without __init__.py never hides it.
        tops = {Path(str(file)).parts[0] for file in distribution.files or () if Path(str(file)).parts}
        assert not tops & ours, f"{distribution.metadata['Name']} installs {tops & ours}"


def test_a_headless_run_never_imports_qt(tmp_path: Path) -> None:
    code = (
        "import sys; from hmi.cli.main import run; "
        f"code = run(['demo', '--headless', '--parts', '5', '--db', r'{tmp_path / 'd.db'}', '--json']); "
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'shiboken6', 'pyqtgraph', 'hmi.window'))]; "
        "sys.exit(str(bad) if bad else code)"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from hmi.cli.main import run; run(['--help']); "
        "heavy = {'numpy', 'scipy', 'cv2', 'onnxruntime', 'sklearn', 'PySide6', 'matplotlib'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_readme_names_every_command_and_the_two_main_lines() -> None:
    from hmi.cli.main import COMMANDS

    readme = (ROOT / "README.md").read_text("utf-8")
    assert "python3 packaging/bootstrap.py demo" in readme
    assert "python3 packaging/bootstrap.py test" in readme
    assert not [name for name in COMMANDS if f"loupe {name}" not in readme]


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "run",
        "inspect",
        "teach",
        "evaluate",
        "spc",
        "export",
        "verify",
        "self-test",
        "bench",
        "init",
        "cameras",
        "models",
    ],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "hmi", command, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert answer.returncode == 0, answer.stderr
    assert f"loupe {command}" in answer.stdout.replace("\n", " ")
    assert "Example: " in answer.stdout


def test_nothing_is_written_to_the_users_home_nor_told_to_anyone(tmp_path: Path) -> None:
    """The network's library keeps a device id and a queue of reports unless it is told not to before its import."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    answer = subprocess.run(
        [sys.executable, "-m", "hmi", "demo", "--headless", "--parts", "3", "--db", str(work / "d.db"), "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    strange = [path for path in home.rglob("*") if path.is_file() and "matplotlib" not in path.parts]
    assert not strange
