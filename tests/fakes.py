"""Small real classes that stand where something outside would be."""

import socket
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BufferedRWPair


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class MailServer:
    """A mail server on the loopback that keeps what it is given, and answers as it was told to."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        #: answers by the verb they replace, e.g. {"RCPT": "550 no such user"}; "cut" closes the line instead
        self.answers: dict[str, str] = {}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No more mail."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as line:
                self._talk(line)

    def _talk(self, line: BufferedRWPair) -> None:
        self._say(line, "220 twin")
        while raw := line.readline():
            verb = raw.decode().split(maxsplit=1)[0].upper()
            answer = self.answers.get(verb, _MAIL_ANSWERS.get(verb, "250 ok"))
            if answer == "cut":
                return
            self._say(line, answer)
            if answer.startswith("354") and not self._take(line):
                return
            if verb == "QUIT":
                return

    def _take(self, line: BufferedRWPair) -> bool:
        """Whether the mail was accepted; "cut" after DATA: taken, but the answer never comes."""
        text = b""
        while (raw := line.readline()) not in (b".\r\n", b""):
            text += raw
        self.mails.append(text.decode())
        if self.answers.get("END") == "cut":
            return False
        self._say(line, self.answers.get("END", "250 taken"))
        return True

    @staticmethod
    def _say(line: BufferedRWPair, text: str) -> None:
        line.write(text.encode() + b"\r\n")
        line.flush()


_MAIL_ANSWERS = {"DATA": "354 go on", "QUIT": "221 bye"}


class RobotServer:
    """A group robot on the loopback: keeps what was posted, answers with the status and body it was told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status, self.body = 200, b'{"errcode":0}'
        twin = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                twin.posts.append((dict(self.headers), content))
                if twin.status == 0:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(twin.status)
                self.send_header("Content-Length", str(len(twin.body)))
                self.end_headers()
                self.wfile.write(twin.body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody is there any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
