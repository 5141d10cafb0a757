"""The page of the device at a window: a small script of our own that goes on without the network."""

from aiohttp import web as http

from web.public.forms import HERE, render

_FILES = {"device.js": "text/javascript", "device.css": "text/css"}


def add_device_page(app: http.Application) -> None:
    """Put the page on the application; the templates are set up already."""
    app.router.add_get("/device", show_device)
    app.router.add_get("/device/{name:device\\.js|device\\.css}", give_file)


async def show_device(raw: http.Request) -> http.StreamResponse:
    """The frame; what stands in it is asked for by its script."""
    return render("device.html", raw, {})


async def give_file(raw: http.Request) -> http.StreamResponse:
    return http.FileResponse(HERE / raw.match_info["name"], headers={"Cache-Control": "no-cache"})
