"""The command `loupe`: knows the commands by name, loads only the one used, answers an error with one sentence.

Promises: exit codes as CONTRACT says; never a traceback on the terminal.
May import: click, the standard library; every command is imported when it is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from hmi.cli.errors import exit_code, sentence

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("hmi.cli.demo", "Run the simulated line."),
    "run": ("hmi.cli.run", "Run a station."),
    "inspect": ("hmi.cli.inspect", "Judge image files, no database."),
    "teach": ("hmi.cli.teach", "Labelled images become a model package."),
    "evaluate": ("hmi.cli.evaluate", "A model package against a labelled set."),
    "export": ("hmi.cli.export", "Records out as CSV or JSON Lines."),
    "verify": ("hmi.cli.verify", "Check a record: nothing lost, nothing altered."),
    "self-test": ("hmi.cli.self_test", "Ten known parts through the real pipeline."),
    "bench": ("hmi.cli.bench", "This machine's limits and ours side by side."),
    "cameras": ("hmi.cli.cameras", "Cameras and sources that can be used here."),
    "init": ("hmi.cli.init", "Write a commented station file."),
}
"""Name → module (its click command is called `command`) and short help."""


class LazyGroup(click.Group):
    """A group that knows its commands by name only."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", import_module(COMMANDS[cmd_name][0]).command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in `--help`, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


@click.group(
    "loupe",
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: loupe demo",
)
@click.version_option(package_name="loupe-station")
@click.pass_context
def loupe(ctx: click.Context) -> None:
    """Industrial quality station. Without a command: the station's window."""
    if ctx.invoked_subcommand is None:
        from hmi.cli.run import open_window

        open_window()


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    try:
        answer = loupe.main(list(arguments), prog_name="loupe", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"loupe: {error.format_message()}", err=True)
        return 2
    except click.Abort:
        return 130
    except BrokenPipeError:
        # Whoever read us has left: say nothing more, not even at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 (the last barrier: a person gets a sentence, the log gets the rest)
        click.echo(f"loupe: {sentence(error)}", err=True)
        return exit_code(error)
    return answer if isinstance(answer, int) else 0
