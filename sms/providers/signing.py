"""How Tencent (TC3-HMAC-SHA256) and Aliyun (ACS3-HMAC-SHA256) want a request signed."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote


def tencent_authorization(
    headers: Mapping[str, str], body: bytes, *, secret_id: str, secret_key: str, service: str, at: datetime
) -> str:
    """The Authorization header of a POST to `/`; `headers` are signed, with their names in lower case."""
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    hashed = _sha256(_canonical("", headers, _sha256(body)).encode())
    said = f"TC3-HMAC-SHA256\n{int(at.timestamp())}\n{scope}\n{hashed}"
    key = f"TC3{secret_key}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, said.encode(), "sha256").hex()
    names = ";".join(sorted(headers))
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"


def aliyun_authorization(query: Mapping[str, str], headers: Mapping[str, str], *, key_id: str, key_secret: str) -> str:
    """The Authorization header of a POST to `/` with these parameters; `headers` has x-acs-content-sha256."""
    canonical = _canonical(aliyun_query(query), headers, headers["x-acs-content-sha256"])
    said = f"ACS3-HMAC-SHA256\n{_sha256(canonical.encode())}"
    signature = hmac.digest(key_secret.encode(), said.encode(), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(sorted(headers))},Signature={signature}"


def aliyun_query(parameters: Mapping[str, str]) -> str:
    """Sorted, and encoded as RFC 3986 wants it: the same text is signed and sent."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(parameters.items()))


def _canonical(query: str, headers: Mapping[str, str], hashed_body: str) -> str:
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in sorted(headers.items()))
    return "\n".join(("POST", "/", query, lines, ";".join(sorted(headers)), hashed_body))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
