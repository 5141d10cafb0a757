"""Pictures small enough for every clone: 256 colours, frequent ones that differ, the others as the nearest of these."""

import base64
import struct
import zlib

from playwright.sync_api import Browser

COLOURS = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: eight bits a pixel, each the number of a colour in the palette
_BIT_DEPTH, _INDEXED = 8, 3
_IN_BROWSER = """
async ([encoded, most]) => {
  const blob = await (await fetch('data:image/png;base64,' + encoded)).blob();
  const image = await createImageBitmap(blob);
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const pixels = new Uint32Array(data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([pixel]) => parts(pixel));
  const known = [];
  const nearest = ([r, g, b]) => {
    let best = 0, least = Infinity;
    known.forEach(([r2, g2, b2], at) => {
      const away = (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
      if (away < least) [best, least] = [at, away];
    });
    return [best, least];
  };
  // A rare red is kept rather than the hundredth grey.
  for (const apart of [400, 100, 25, 0]) {
    for (const colour of frequent) if (known.length < most && nearest(colour)[1] > apart) known.push(colour);
  }
  const places = new Map();
  for (const pixel of counts.keys()) places.set(pixel, nearest(parts(pixel))[0]);
  const indices = Uint8Array.from(pixels, (pixel) => places.get(pixel));
  let text = '';
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return { width: image.width, height: image.height, palette: known.flat(), indices: btoa(text) };
}
"""


def smaller(browser: Browser, picture: bytes) -> bytes:
    """The same PNG with a palette; the browser reads it, as nothing else here can."""
    page = browser.new_page()
    read = page.evaluate(_IN_BROWSER, [base64.b64encode(picture).decode(), COLOURS])
    page.close()
    width, height = read["width"], read["height"]
    indices = base64.b64decode(read["indices"])
    lines = b"".join(b"\x00" + indices[at : at + width] for at in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, _BIT_DEPTH, _INDEXED, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", bytes(read["palette"])), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_part(name, body) for name, body in parts)


def _part(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
