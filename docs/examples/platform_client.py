"""How another platform hands a matter over and believes what it is told: nothing but the standard library.

python platform_client.py http://127.0.0.1:8000 rmw.1 KEY hand-over  < matter.json
python platform_client.py http://127.0.0.1:8000 rmw.1 KEY show 2026-000017
python platform_client.py http://127.0.0.1:8000 hall.1 KEY post /api/counter/matters  < matter.json
python platform_client.py http://127.0.0.1:8000 hall.1 KEY get /api/counter/matters/XZ20261013000017
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import time
import urllib.request
from collections.abc import Mapping

#: what our signature covers (RFC 9421, section 2); the body by its digest (RFC 9530)
COVERED = '("@method" "@path" "content-digest")'
COVERED_WITHOUT_BODY = '("@method" "@path")'


def signature_base(method: str, path: str, digest: str, parameters: str) -> bytes:
    """The lines that are signed, each once, without a line break at the end."""
    lines = [f'"@method": {method}', f'"@path": {path}']
    if digest:
        lines.append(f'"content-digest": {digest}')
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signed(method: str, path: str, body: bytes, *, key_id: str, key: bytes, now: int) -> dict[str, str]:
    """The headers of a request of ours."""
    covered = COVERED if body else COVERED_WITHOUT_BODY
    parameters = f'{covered};created={now};keyid="{key_id}";alg="hmac-sha256"'
    digest = digest_of(body) if body else ""
    mac = hmac.new(key, signature_base(method, path, digest, parameters), hashlib.sha256).digest()
    headers = {"Signature-Input": f"sig={parameters}", "Signature": f"sig=:{base64.b64encode(mac).decode()}:"}
    return headers | ({"Content-Digest": digest, "Content-Type": "application/json"} if body else {})


def is_from_the_hotline(path: str, headers: Mapping[str, str], body: bytes, *, key: bytes, now: int) -> bool:
    """Whether a POST to our own address was signed with our key within five minutes, and its body is untouched."""
    label, _, parameters = headers["Signature-Input"].partition("=")
    created = re.search(r";created=(\d+)", parameters)
    mac = re.fullmatch(rf"{re.escape(label)}=:(.+):", headers["Signature"])
    if created is None or mac is None or not parameters.startswith(COVERED) or abs(now - int(created[1])) > 300:
        return False
    digest = digest_of(body)
    expected = hmac.new(key, signature_base("POST", path, digest, parameters), hashlib.sha256).digest()
    return headers["Content-Digest"] == digest and hmac.compare_digest(base64.b64decode(mac[1]), expected)


def send(address: str, method: str, path: str, body: bytes, *, key_id: str, key: bytes) -> dict[str, object]:
    """Ask the hotline; what it refuses is raised as urllib.error.HTTPError, with its reason in the body."""
    headers = signed(method, path, body, key_id=key_id, key=key, now=int(time.time()))
    request = urllib.request.Request(address + path, data=body or None, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        told: dict[str, object] = json.load(answer)
    return told


def main() -> None:
    address, key_id, key, wish, *rest = sys.argv[1:]
    if wish == "show":
        method, path, body = "GET", f"/api/platform/matters/{rest[0]}", b""
    elif wish == "get":
        method, path, body = "GET", rest[0], b""
    elif wish == "post":
        method, path, body = "POST", rest[0], sys.stdin.buffer.read()
    else:
        method, path, body = "POST", "/api/platform/matters", sys.stdin.buffer.read()
    told = send(address, method, path, body, key_id=key_id, key=base64.b64decode(key))
    json.dump(told, sys.stdout, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    main()
