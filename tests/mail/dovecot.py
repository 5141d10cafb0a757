"""A private Dovecot: a real mail server with TLS by a certificate of its own, in a folder of its own."""

import imaplib
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import ports

USER, PASSWORD = "12345@city.example", "only-for-tests"
_CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh = <{folder}/none
mail_location = maildir:{folder}/mail/%u
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
default_vsz_limit = 512M
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
protocol imap {{
  imap_capability = {capability}
}}
"""


class Dovecot:
    """Where it listens, and what its mailbox holds."""

    def __init__(self, folder: Path, tls: int, plain: int) -> None:
        self.folder, self.port, self.starttls_port = folder, tls, plain
        self.ca_file = folder / "cert.pem"

    def _opened(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=self.ca_file)
        server = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=10)
        server.login(USER, PASSWORD)
        return server

    def deliver(self, *mails: bytes) -> None:
        """Into the inbox, oldest first."""
        with self._opened() as server:
            for content in mails:
                server.append("INBOX", "", "", content)

    def count(self, mailbox: str = "INBOX") -> int:
        with self._opened() as server:
            status, [n] = server.select(mailbox, readonly=True)
            return int(n or 0) if status == "OK" else 0

    def empty(self) -> None:
        """No mails, and every mailbox numbered anew."""
        shutil.rmtree(self.folder / "mail" / USER, ignore_errors=True)


@contextmanager
def running(folder: Path, *, capability: str = "") -> Iterator[Dovecot]:
    """`capability` empty: what it can; else only these."""
    folder.chmod(0o755)
    _certify(folder)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "mail", "mail")
    tls, plain = ports() + 80, ports() + 81
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, password=PASSWORD, tls=tls, plain=plain, capability=capability)
        .replace(f"ssl_dh = <{folder}/none\n", "")
    )  # fmt: skip
    process = subprocess.Popen(["dovecot", "-F", "-c", configuration])
    try:
        dovecot = Dovecot(folder, tls, plain)
        _wait(dovecot, process)
        yield dovecot
    finally:
        process.terminate()
        process.wait(10)


def _certify(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def _wait(dovecot: Dovecot, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(60):
        if process.poll() is not None:
            raise RuntimeError((dovecot.folder / "log").read_text())
        try:
            dovecot.count()
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError((dovecot.folder / "log").read_text())
