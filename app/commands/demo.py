"""`hotline demo`: the server on a fresh demo city with the built-in exchange."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.demo.load import DemoLoaded
from app.demonstration import DemoWish, demonstrate
from app.settings import read_settings
from core.calendar import SHANGHAI
from core.log import configure_logging

#: A working Tuesday with everything in it: within the loaded calendar, after a holiday.
STARTS_AT = "2026-10-13T09:00"
FOLDER = Path("var/demo")


class Moment(click.ParamType[datetime]):
    """A moment like 2026-10-13T09:00, in Shanghai unless it names its zone."""

    name = "moment"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment like {STARTS_AT}", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)


@click.command()
@click.option("--at", "starts_at", type=Moment(), default=STARTS_AT, show_default=True, help="When the demo begins.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, show_default=True)
@click.option(
    "--call-every", type=click.FloatRange(0), default=40.0, show_default=True, help="Seconds between calls; 0: none."
)
@click.pass_obj
def command(config: Path | None, starts_at: datetime, host: str, port: int, folder: Path, call_every: float) -> None:
    """Serve a made-up city with 60 days of calls and tickets behind it; nothing leaves this machine."""
    settings = read_settings(config)
    web = settings.web.model_copy(update={"host": host, "port": port, "public_address": ""})
    configure_logging(level="WARNING")
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print("正在准备演示城市，约一两分钟……")
    with Progress(
        TextColumn("演示城市"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task("", total=1.0)
        wish = DemoWish(folder, starts_at, call_every)
        asyncio.run(
            demonstrate(
                settings.model_copy(update={"web": web}),
                wish,
                progress=lambda share: bar.update(task, completed=share),
                told=lambda address, loaded: _tell(bar, address, loaded),
            )
        )


def _tell(bar: Progress, address: str, loaded: DemoLoaded) -> None:
    bar.stop()
    accounts = Table("账号", "姓名", "岗位", "单位", box=None, pad_edge=False)
    for account in loaded.accounts:
        accounts.add_row(account.account, account.name, account.roles, account.unit)
    console = Console()
    console.print(accounts)
    console.print(f"密码都是 {loaded.password}   {loaded.tickets} 张工单，{loaded.calls} 次通话", highlight=False)
    console.print(f"[bold]{address}[/bold]", highlight=False)
