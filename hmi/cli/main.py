"""The command `loupe`: knows the commands by name, loads only the one used, answers an error with one sentence.

Promises: 0 done, 1 the answer is "bad", 2 wrong use or bad input, 3 the machine failed (128 and more: ended by a person
or by the reader of its output); never a traceback on the terminal.
May import: click, the standard library; every command is imported when it is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import cast

import click

from hmi.cli.errors import BAD_INPUT, exit_code, sentence

INTERRUPTED, READER_GONE = 130, 141
"""As a shell counts a program that ended by SIGINT or SIGPIPE."""

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("hmi.cli.demo", "Run the simulated line."),
    "run": ("hmi.cli.run", "Run a station."),
    "inspect": ("hmi.cli.inspect", "Judge image files, no database."),
    "teach": ("hmi.cli.teach", "Labelled images become a model package."),
    "evaluate": ("hmi.cli.evaluate", "A model package against a labelled set."),
    "models": ("hmi.cli.models", "The models of a station: list, show, compare, promote, roll back, sign."),
    "spc": ("hmi.cli.spc", "Control charts, capability, gauge studies of a file or of the record."),
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
            return None if cmd_name.startswith("-") else _unknown(cmd_name)
        return cast("click.Command", import_module(COMMANDS[cmd_name][0]).command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in `--help`, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


def _unknown(name: str) -> click.Command:
    guess = get_close_matches(name, COMMANDS, n=1)
    raise click.UsageError(f"There is no command {name!r}" + (f"; did you mean {guess[0]}?" if guess else ""))


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"loupe {version('loupe-station')}")
        except PackageNotFoundError:
            click.echo("loupe, run from its source without being installed")
        ctx.exit()


@click.group(
    "loupe",
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: loupe demo",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit."
)
@click.pass_context
def loupe(ctx: click.Context) -> None:
    """Industrial quality station. Without a command: the station's window."""
    if ctx.invoked_subcommand is None:
        from hmi.cli.open import open_window

        open_window()


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    try:
        with loupe.make_context("loupe", list(arguments)) as ctx:
            answer = loupe.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        click.echo(f"loupe: {_usage(error)}", err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Say nothing more, not even when the interpreter empties its buffers at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except Exception as error:  # noqa: BLE001 (the last barrier: a person gets a sentence, a file gets the rest)
        click.echo(f"loupe: {sentence(error)}", err=True)
        return exit_code(error)
    return answer if isinstance(answer, int) else 0


def _usage(error: click.ClickException) -> str:
    """One sentence: what is wrong with the command line, and where its use stands."""
    message = " ".join(error.format_message().split()).rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message}; `{ctx.command_path} --help` shows how it is used" if ctx else message
