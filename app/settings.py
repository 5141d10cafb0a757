"""All settings together: each package's section under its name in config.toml."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from core.database import DatabaseSettings
from core.jobs import BrokerSettings, JobSettings
from core.settings import Section, load_settings
from evaluation.checkpoints.settings import CheckpointSettings, LedgerSettings
from evaluation.settings import EvaluationSettings
from evaluation.submissions.settings import SubmissionSettings
from sms.settings import SmsSettings
from telephony.exchange.settings import ExchangeSettings
from telephony.settings import TelephonySettings
from tickets.intake.settings import IntakeSettings
from tickets.mail.settings import MailSettings
from tickets.notices.settings import NoticeSettings
from tickets.photos.settings import PhotoSettings
from tickets.platforms.settings import PlatformSettings
from tickets.settings import TicketSettings
from web.settings import WebSettings


class Settings(Section):
    """Everything that config.toml and the environment (HOTLINE_SECTION__KEY) may say."""

    data_folder: Path = Field(Path("var"), description="Folder for secrets, models and caches; made at first start.")
    web: WebSettings = Field(WebSettings(), description="The web server.")
    database: DatabaseSettings = Field(DatabaseSettings(), description="Where everything is stored.")
    jobs: JobSettings = Field(JobSettings(), description="Jobs that the server runs itself.")
    broker: BrokerSettings = Field(BrokerSettings(), description="Jobs that workers run.")
    telephony: TelephonySettings = Field(TelephonySettings(), description="The call layer and the seats.")
    exchange: ExchangeSettings = Field(ExchangeSettings(), description="The real Asterisk of `hotline exchange`.")
    tickets: TicketSettings = Field(TicketSettings(), description="How tickets are handled.")
    photos: PhotoSettings = Field(PhotoSettings(), description="Photos of tickets.")
    intake: IntakeSettings = Field(IntakeSettings(), description="What citizens send in themselves.")
    mail: MailSettings = Field(MailSettings(), description="E-mail from citizens.")
    notices: NoticeSettings = Field(NoticeSettings(), description="How units are told of their tickets.")
    platforms: PlatformSettings = Field(PlatformSettings(), description="Other platforms that hand matters over.")
    evaluation: EvaluationSettings = Field(EvaluationSettings(), description="How citizens are asked.")
    ledger: LedgerSettings = Field(LedgerSettings(), description="How ledger and audit log are chained.")
    checkpoints: CheckpointSettings = Field(CheckpointSettings(), description="Signed roots of ledger and audit log.")
    submissions: SubmissionSettings = Field(SubmissionSettings(), description="Records to the provincial exchange.")
    sms: SmsSettings = Field(SmsSettings(), description="Messages to and from citizens.")


def read_settings(path: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this start.  Raises WrongSettings, which names every key that is unknown or cannot be."""
    return load_settings(Settings, path, os.environ if environ is None else environ)
