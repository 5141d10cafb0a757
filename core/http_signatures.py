"""HTTP messages signed with a shared key: RFC 9421 with HMAC-SHA256, the body by its RFC 9530 digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import HMAC_SHA256
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from core.errors import Refused

#: what each signature has to cover: the host may be another one behind a proxy
COVERED = ("@method", "@path")
#: how far the clocks of two houses may be apart
MAX_AGE = timedelta(minutes=5)


class SignatureWrong(Refused):
    """Nobody who holds a key has signed this message, or not lately."""

    code = "signature_wrong"
    message = "签名缺失、过期或不符"
    status = 401


@dataclass
class Message:
    """A request as it is signed: headers are added to `headers`."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def sign_message(message: Message, *, key_id: str, key: bytes, now: datetime) -> None:
    """Add Content-Digest when there is a body, Signature-Input and Signature."""
    keys = MappingKeyResolver(public_keys={}, private_keys={key_id: key})
    signer = HTTPMessageSigner(signature_algorithm=HMAC_SHA256, key_resolver=keys)
    signer.sign(message, key_id=key_id, created=now, covered_component_ids=COVERED, body=message.body or None)


def signer_of(message: Message, keys: Mapping[str, bytes], *, now: datetime) -> str:
    """Whose key, by its id, has signed method, path and body within MAX_AGE of `now`.  Raises SignatureWrong."""
    verifier = _Verifier(
        signature_algorithm=HMAC_SHA256, key_resolver=MappingKeyResolver(public_keys=dict(keys), private_keys={})
    )
    try:
        (result,) = verifier.verify(message, max_age=None, require_components=COVERED, body=message.body)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise SignatureWrong from error
    created = result.parameters.get("created")
    if not isinstance(created, int) or abs(now.timestamp() - created) > MAX_AGE.total_seconds():
        raise SignatureWrong
    return str(result.parameters["keyid"])


class _Verifier(HTTPMessageVerifier):
    """Its own look at the machine's clock is left out: time is an argument here."""

    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """Checked by `signer_of`."""
