"""What jobs and pages need to ask citizens: the site's rules, its SMS, and the key of its links."""

from dataclasses import dataclass

from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice


@dataclass(frozen=True)
class EvaluationOffice:
    """One per process."""

    settings: EvaluationSettings
    sms: SmsOffice
    link_key: bytes
