"""`hotline counter`: windows of halls, their QR links and their devices' keys."""

from pathlib import Path

import click

from app.commands.staff import audited, writing
from app.settings import Settings, read_settings
from core.secrets import Secrets
from evaluation.counters import windows
from evaluation.counters.queries import WindowRow, window
from evaluation.counters.queries import windows as all_windows
from evaluation.counters.rules import WindowKey, device_key, window_link


@click.group()
def command() -> None:
    """Windows of government halls.  Each change is a line of the audit log."""


@command.command("add")
@click.argument("hall")
@click.argument("number")
@click.argument("name")
@click.argument("unit_code")
@click.pass_obj
def add(config: Path | None, hall: str, number: str, name: str, unit_code: str) -> None:
    """Register the window NUMBER, called NAME, of the platform HALL for the unit UNIT_CODE."""
    with writing(config) as database:
        audited(
            database,
            "add_window",
            "counter_window",
            f"{hall} {number}",
            lambda session: windows.add_window(
                session, hall=hall, unit_code=unit_code, number=number, name=name, now=database.clock.now()
            ),
        )
    click.echo(f"已登记窗口 {number}")


@command.command("list")
@click.pass_obj
def show(config: Path | None) -> None:
    """Each window with its id, unit and address."""
    settings = read_settings(config)
    with writing(config) as database:
        lines = database.read(lambda session: [_line(settings, row) for row in all_windows(session)])
    click.echo("\n".join(lines) or "还没有窗口")


@command.command("qr")
@click.argument("window_id", type=int)
@click.option("--renew", is_flag=True, help="Make the next link; what was printed before opens nothing.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the code into this file.")
@click.pass_obj
def qr(config: Path | None, window_id: int, renew: bool, svg: Path | None) -> None:
    """Print the address of a window's QR code."""
    settings = read_settings(config)
    with writing(config) as database:
        if renew:
            audited(
                database,
                "renew_link",
                "counter_window",
                str(window_id),
                lambda session: windows.renew_link(session, window_id),
            )
        no = database.read(lambda session: window(session, window_id).link_no)
    address = _address(settings, window_id, no)
    if svg is not None:
        from core.qr import qr_svg

        svg.write_bytes(qr_svg(address))
    click.echo(address)


@command.command("device")
@click.argument("window_id", type=int)
@click.pass_obj
def device(config: Path | None, window_id: int) -> None:
    """Make the next key for a window's device; the one before is worth nothing."""
    settings = read_settings(config)
    with writing(config) as database:
        audited(
            database,
            "renew_device",
            "counter_window",
            str(window_id),
            lambda session: windows.renew_device(session, window_id),
        )
        no = database.read(lambda session: window(session, window_id).device_no)
    click.echo(device_key(WindowKey(window_id, no), master=_master(settings)))


def _line(settings: Settings, row: WindowRow) -> str:
    found = row.window
    state = _address(settings, found.id, found.link_no) if found.is_active else "已关闭"
    return f"{found.id}  {row.hall}  {found.number}  {found.name}  {row.unit}  {state}"


def _address(settings: Settings, window_id: int, no: int) -> str:
    return f"{settings.web.base_url}/c/{window_link(WindowKey(window_id, no), master=_master(settings))}"


def _master(settings: Settings) -> bytes:
    return Secrets(settings.data_folder / "secrets").secret("rating_link")
