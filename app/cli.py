"""`hotline`: one command, its sub-commands loaded only when they are asked for."""

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from core.errors import HotlineError, StartRefused

#: Sub-command → the module under app.commands that holds it as `command`, and its line in --help.
COMMANDS = {
    "serve": ("serve", "The server from config.toml."),
    "demo": ("demo", "The server on a fresh demo city with the built-in exchange."),
    "worker": ("worker", "A Celery worker for [broker] url."),
    "calls": ("calls", "The call layer alone, on the Asterisk node."),
    "check": ("check", "Each dependency and its state."),
    "migrate": ("migrate", "Bring the database to this version's schema."),
    "exchange": ("exchange", "A real Asterisk 22 in a directory of its own."),
    "staff": ("staff", "Units, people and roles; the first administrator."),
    "calendar": ("calendar", "Working days: add, show, import."),
    "limits": ("limits", "The limits of the city's profile: show, import."),
    "import": ("imports", "The dispatch catalogue from XLSX or CSV."),
    "platform": ("platforms", "Other platforms that hand matters over: add, key, stop."),
    "counter": ("counters", "Windows of government halls: add, list, qr, device."),
    "jobs": ("jobs", "Durable jobs: counts, the dead list, another try."),
    "sms": ("sms", "What a citizen's reply means."),
    "ledger": ("ledger", "The ledger of ratings: verify, export, checkpoint, prove, erase-words."),
    "audit": ("audit", "The audit log: verify."),
    "indicators": ("indicators", "A figure with its parts, and its recount."),
    "submissions": ("submissions", "Records to the provincial exchange: check, backfill, fields."),
    "evaluation": ("evaluation", "Was everybody asked: audit, sample, review."),
}
CONFIG_NAME = "HOTLINE_CONFIG"


class LazyGroup(click.Group):
    """A group that imports a sub-command's module when it is run, so that `--help` is quick and nothing slow loads."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"app.commands.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=CONFIG_NAME,
    help="Configuration file; without it config.toml of this folder, if there is one.",
)
@click.version_option(package_name="hotline")
@click.pass_context
def hotline(ctx: click.Context, config: Path | None) -> None:
    """A contact centre for the government hotline 12345 and its service evaluation 好差评."""
    ctx.obj = config or (Path("config.toml") if Path("config.toml").is_file() else None)


def main(arguments: list[str] | None = None) -> None:
    """Exit 0 on success, 1 on a finding, 2 on misuse or a start that is refused."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; our own errors are one line on stderr, with their code."""
    try:
        result: Any = hotline.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except HotlineError as error:
        click.echo(f"hotline: {error} [{error.code}]", err=True)
        return 2 if isinstance(error, StartRefused) else 1
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
