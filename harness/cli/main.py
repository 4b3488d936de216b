"""``srmetrics``: the group of subcommands, each imported when it is called."""

from __future__ import annotations

import difflib
import io
import sys
from importlib import import_module
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "compare": ("harness.cli.compare", "Score folders of outputs against a folder of references."),
    "degrade": ("harness.cli.degrade", "Make low-resolution images that anyone can make again."),
    "bench": ("harness.cli.bench", "Ask whether super-resolution helps: restore, score, classify, rank."),
    "diagnose": ("harness.cli.diagnose", "Look for what makes numbers wrong, before anyone scores."),
    "audit": ("harness.cli.audit", "Find the convention under which a published score comes out, or what is wrong."),
    "report": ("harness.cli.report", "Write a finished run as one HTML page, with pictures and charts."),
    "figure": ("harness.cli.figure", "Draw a crop of one image for every method, with scores, for a paper."),
    "cite": ("harness.cli.cite", "Write what a paper needs to cite a run: works, table, the Methods paragraph."),
    "leaderboard": ("harness.cli.leaderboard", "Make one leaderboard of several runs, if they may be compared."),
    "verify": ("harness.cli.verify", "Check a run: its digests, its tables, and its scores from the images."),
    "recipes": ("harness.cli.recipes", "List the degradation recipes, or explain one."),
    "protocols": ("harness.cli.protocols", "List the presets of evaluation protocols."),
    "explain": ("harness.cli.explain", "Say in one paragraph what a preset or signature computes."),
    "demo": ("harness.cli.demo", "Run the main jobs on embedded images, in under a minute."),
}
"""Every subcommand: where it lives and what the overview says of it."""


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are called, so that the overview is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand, suggesting a near name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview from the table, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from srmetrics.version import VERSION

        click.echo(f"srmetrics {VERSION}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: srmetrics demo. Then: srmetrics compare HR/ OUTPUTS/ --protocol sr-y --scale 4",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Exact, citeable scores for super-resolved images."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit: 0 done, 1 nothing could be done, 2 wrong usage, 3 done in part."""
    for stream in (sys.stdout, sys.stderr):
        # Names of files and the table's frame may have letters that this terminal has not.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(args=arguments, prog_name="srmetrics", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has left: nothing is wrong on this side.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        from harness.cli.screen import shown
        from srmetrics.errors import MetricError, ProtocolError, SrmetricsError, UsageError

        if not isinstance(error, SrmetricsError):
            raise
        click.echo("\n".join(map(shown, f"Error: {error}".split("\n"))), err=True)
        sys.exit(2 if isinstance(error, UsageError | ProtocolError | MetricError) else 1)
    sys.exit(code if isinstance(code, int) else 0)
