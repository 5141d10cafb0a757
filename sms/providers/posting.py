"""One POST to a cloud, never repeated, and what its failure says about the message."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from requests import exceptions as http
from urllib3.exceptions import NewConnectionError

from sms.providers.provider import OutcomeUnknown, ProviderNotReached
from sms.settings import ProviderName

#: what an answer that is no answer of theirs (a proxy's page, half of one) raises when it is read
_UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError)


def posted(address: str, content: bytes, headers: Mapping[str, str], *, timeout_s: float) -> tuple[int, dict[str, Any]]:
    """(status, JSON object) of the answer."""
    answer = requests.post(
        address, data=content, headers=dict(headers), timeout=(timeout_s, timeout_s), allow_redirects=False
    )
    read = answer.json()
    if not isinstance(read, dict):
        raise TypeError("the answer is no object")
    return answer.status_code, read


@contextmanager
def answers_or_unknown(name: ProviderName, message_id: int) -> Iterator[None]:
    """Raises ProviderNotReached if there was no connection, OutcomeUnknown for whatever else breaks."""
    try:
        yield
    except http.ConnectTimeout as error:
        raise ProviderNotReached(provider=name) from error
    except http.ConnectionError as error:
        if isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError):
            raise ProviderNotReached(provider=name) from error
        raise OutcomeUnknown(message_id=message_id, provider=name) from error
    except (http.RequestException, *_UNREADABLE) as error:
        raise OutcomeUnknown(message_id=message_id, provider=name) from error


@contextmanager
def answers_or_unavailable(name: ProviderName) -> Iterator[None]:
    """For questions, which may be asked again.  Raises ProviderNotReached for whatever breaks."""
    try:
        yield
    except (http.RequestException, *_UNREADABLE) as error:
        raise ProviderNotReached(provider=name, retry_after_s=30) from error
