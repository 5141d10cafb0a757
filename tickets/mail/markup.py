"""HTML of mails as plain text: nothing of it is ever shown as markup.  Pure, and safe for whatever comes."""

from html.parser import HTMLParser

#: what is inside is no text
_SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_LINES = {
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
#: where mail programs put what was said before: Gmail, Outlook, Yahoo, QQ, NetEase, Thunderbird
_QUOTES = {
    "gmail_quote", "yahoo_quoted", "isreplycontent", "divrplyfwdmsg", "appendonsend", "moz-cite-prefix", "qqmail_quote",
    "ntes-mailmaster-quote", "_originalcontent",
}  # fmt: skip
_DEPTH_MOST = 2_000


class _Text(HTMLParser):
    """`said` is what stands outside of quotes, `whole` everything that a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.whole: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._separate(tag)
        if tag in _VOID or len(self._open) >= _DEPTH_MOST:
            return
        named = {word.lower() for name, value in attrs if name in {"class", "id"} for word in (value or "").split()}
        is_quote = tag in {"blockquote", "includetail"} or bool(named & _QUOTES)
        self._open.append((tag, tag in _SILENT, is_quote))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                break
        self._separate(tag)

    def _separate(self, tag: str) -> None:
        if tag in _LINES:
            self._say("\n")
        elif tag in {"td", "th"}:
            self._say(" ")

    def handle_data(self, data: str) -> None:
        self._say(" ".join(data.split()) if data.strip() else " ")

    def _say(self, text: str) -> None:
        if any(is_silent for _, is_silent, _ in self._open):
            return
        self.whole.append(text)
        if not any(is_quote for _, _, is_quote in self._open):
            self.said.append(text)


def text_of_html(html: str) -> tuple[str, str]:
    """What is said outside of quotes, and everything."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return _lines(reader.said), _lines(reader.whole)


def _lines(pieces: list[str]) -> str:
    """No blank at an end, no more than one empty line between two."""
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return "\n".join(kept).strip()
