"""Progress on stderr: a bar where a person looks at a terminal, nothing where a program reads.

May import: rich.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, how much there is."""


@contextmanager
def progress_bar() -> Generator[Step]:
    """A bar for each thing that is being done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=total)

        yield step
