"""What jobs and pages are handed: one instance of each service, made from settings and secrets."""

from collections.abc import Callable, Container, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from app.errors import MailboxNotReady, ProviderNotReady, SmppPasswordTooLong
from app.settings import Settings
from core.checkpoints.notes import Signer
from core.clock import SystemClock
from core.computer import Computer
from core.secrets import Secrets
from evaluation.by_mail import rating_address
from evaluation.checkpoints.actions import CHAINS
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.checkpoints.witnesses import FolderWitness, MailWitness, WebhookWitness, Witness
from evaluation.office import EvaluationOffice
from evaluation.submissions.errors import SubmissionsNotReady
from evaluation.submissions.exchange import Exchange, FileExchange, HttpExchange
from evaluation.submissions.settings import ExchangeName, SubmissionOffice
from sms.office import SmsOffice
from sms.providers.cmpp.dialect import CmppDialect
from sms.providers.console import ConsoleProvider
from sms.providers.gateway.provider import GatewayProvider
from sms.providers.provider import Provider
from sms.pushing import PushDoor
from sms.settings import ProviderName
from telephony.duty_phone import AmiDutyPhone, ConsoleDutyPhone, DutyPhone
from telephony.settings import TelephonySettings
from tickets.intake.settings import IntakeSettings
from tickets.mail.mailbox import FolderMailbox, ImapMailbox, Mailbox
from tickets.mail.post import ConsolePost, Post
from tickets.mail.settings import MailboxName, MailOffice
from tickets.notices.carriers import Carrier, ConsoleCarrier, MailCarrier, WebhookCarrier
from tickets.notices.settings import CarrierName, NoticeOffice
from tickets.photos.settings import PhotoOffice
from tickets.platforms.messenger import FileMessenger, HttpMessenger
from tickets.platforms.settings import PlatformOffice
from tickets.settings import TicketOffice
from web.settings import WebSettings

Services = Mapping[type, Any]


def make_services(settings: Settings, computer: Computer) -> Services:
    """Every service by its type.  Raises SecretUnreadable, ProviderNotReady."""
    secrets = Secrets(settings.data_folder / "secrets")
    phone_key = secrets.secret("phone")
    sms = SmsOffice(settings.sms, phone_key, make_providers(settings, secrets))
    services: dict[type, Any] = {
        Computer: computer,
        TicketOffice: TicketOffice.of(settings.tickets, phone_key),
        PhotoOffice: PhotoOffice.of(settings.photos, settings.data_folder),
        IntakeSettings: settings.intake,
        SmsOffice: sms,
        PushDoor: make_push_door(secrets, sms.providers),
        PlatformOffice: make_platform_office(settings, secrets),
        MailOffice: make_mail_office(settings, secrets, phone_key),
        NoticeOffice: make_notice_office(settings, secrets, sms),
        EvaluationOffice: EvaluationOffice(settings.evaluation, sms, secrets.secret("rating_link")),
        CheckpointOffice: make_checkpoint_office(settings, secrets),
        SubmissionOffice: make_submission_office(settings, secrets),
        TelephonySettings: settings.telephony,
        WebSettings: settings.web,
    }
    if (token := twilio_token(settings, secrets)) is not None:
        from sms.providers.twilio import TwilioWebhooks

        services[TwilioWebhooks] = TwilioWebhooks(
            settings.sms.twilio, auth_token=token, public_address=settings.web.base_url
        )
    return services


def make_providers(settings: Settings, secrets: Secrets) -> Mapping[ProviderName, Provider]:
    """Those that send, and any other whose messages may still be asked about.  Raises ProviderNotReady."""
    made = {name: build(settings, secrets) for name, build in _PROVIDERS.items()}
    providers = {name: provider for name, provider in made.items() if provider is not None}
    for name in settings.sms.providers:
        if name not in providers:
            raise ProviderNotReady(provider=name.value)
    return providers


def _console(settings: Settings, _secrets: Secrets) -> Provider:
    return ConsoleProvider(settings.data_folder / "sms-console.jsonl")


def _twilio(settings: Settings, secrets: Secrets) -> Provider | None:
    token = twilio_token(settings, secrets)
    if token is None:
        return None
    from sms.providers.twilio import TwilioProvider

    return TwilioProvider(settings.sms.twilio, auth_token=token, public_address=settings.web.base_url)


def _smpp(settings: Settings, secrets: Secrets) -> Provider | None:
    password = secrets.given("smpp_password") if not settings.sms.smpp.missing else None
    if password is None:
        return None
    from sms.providers.smpp.dialect import LONGEST_PASSWORD, SmppDialect

    if len(password) > LONGEST_PASSWORD:
        raise SmppPasswordTooLong
    return GatewayProvider(SmppDialect(settings.sms.smpp, password=password.decode()), clock=SystemClock())


def _cmpp(settings: Settings, secrets: Secrets) -> Provider | None:
    password = secrets.given("cmpp_password") if not settings.sms.cmpp.missing else None
    if password is None:
        return None
    return GatewayProvider(CmppDialect(settings.sms.cmpp, password=password.decode()), clock=SystemClock())


def _tencent(settings: Settings, secrets: Secrets) -> Provider | None:
    chosen = settings.sms.tencent
    key = secrets.given("tencent_secret_key") if not chosen.missing else None
    if key is None:
        return None
    from sms.providers.tencent import TencentProvider

    return TencentProvider(chosen, secret_key=key.decode(), signature=settings.sms.signature, clock=SystemClock())


def _aliyun(settings: Settings, secrets: Secrets) -> Provider | None:
    chosen = settings.sms.aliyun
    key = secrets.given("aliyun_access_key_secret") if not chosen.missing else None
    if key is None:
        return None
    from sms.providers.aliyun import AliyunProvider

    return AliyunProvider(chosen, key_secret=key.decode(), signature=settings.sms.signature, clock=SystemClock())


def make_push_door(secrets: Secrets, providers: Container[ProviderName]) -> PushDoor:
    """For those of the providers that push without signing.  Raises SecretUnreadable."""
    return PushDoor.of(secrets.secret("sms_pushes"), providers)


#: how each provider is made; None without its account or secret
_PROVIDERS: Mapping[ProviderName, Callable[[Settings, Secrets], Provider | None]] = {
    ProviderName.CONSOLE: _console,
    ProviderName.TWILIO: _twilio,
    ProviderName.SMPP: _smpp,
    ProviderName.CMPP: _cmpp,
    ProviderName.TENCENT: _tencent,
    ProviderName.ALIYUN: _aliyun,
}


def twilio_token(settings: Settings, secrets: Secrets) -> str | None:
    """The account's secret, or None without an account."""
    token = secrets.given("twilio_auth_token") if settings.sms.twilio.account_sid else None
    return None if token is None else token.decode()


def make_notice_office(settings: Settings, secrets: Secrets, sms: SmsOffice) -> NoticeOffice:
    """With the twins wherever nothing may leave the house.  Raises SecretUnreadable."""
    notices, kept = settings.notices, settings.data_folder
    webhook: Carrier = ConsoleCarrier(kept / "webhook-console.jsonl")
    email: Carrier = ConsoleCarrier(kept / "mail-console.jsonl")
    phone: DutyPhone = ConsoleDutyPhone(kept / "duty-phone-console.jsonl")
    if notices.webhook is CarrierName.REAL:
        key = secrets.secret("notice_webhook")
        webhook = WebhookCarrier(key, timeout_s=notices.http.timeout_s, text_hosts=notices.http.text_hosts)
    if notices.email is CarrierName.REAL:
        email = make_mail_carrier(settings, secrets)
    if notices.phone is CarrierName.REAL:
        how = notices.duty_phone
        phone = AmiDutyPhone(settings.telephony.ami, channel=how.channel, ring_s=how.ring_s, clock=SystemClock())
    return NoticeOffice(notices, settings.tickets.profile, sms, webhook, email, phone)


def make_checkpoint_office(settings: Settings, secrets: Secrets) -> CheckpointOffice:
    """With a file for every witness while nothing may leave the house.  Raises SecretUnreadable."""
    name, seed = settings.checkpoints.name, secrets.secret("checkpoints")
    signers = {chain: Signer(f"{name}/{chain}", seed) for chain in CHAINS}
    witnesses = {address: _witness(settings, secrets, address) for address in settings.checkpoints.witnesses}
    return CheckpointOffice(signers, witnesses, settings.ledger.algorithm.value, settings.checkpoints.every_hours)


def _witness(settings: Settings, secrets: Secrets, address: str) -> Witness:
    parts = urlsplit(address)
    if parts.scheme == "file":
        return FolderWitness(Path(unquote(parts.path)))
    if not settings.checkpoints.is_sending:
        return FolderWitness(settings.data_folder / "witnesses" / (parts.netloc or parts.path))
    if parts.scheme == "mailto":
        sender = settings.notices.mail.sender
        return MailWitness(unquote(parts.path), make_mail_carrier(settings, secrets), sender=sender)
    key = secrets.secret("checkpoint_webhook")
    return WebhookWitness(address, WebhookCarrier(key, timeout_s=settings.notices.http.timeout_s, text_hosts=()))


def make_submission_office(settings: Settings, secrets: Secrets) -> SubmissionOffice:
    """Half of a connection is none.  Raises SecretUnreadable, SubmissionsNotReady."""
    chosen = settings.submissions
    is_http = chosen.exchange is ExchangeName.HTTP
    key = secrets.given("submissions") if is_http else None
    missing = [f"[submissions] {name}" for name in chosen.missing]
    if is_http and key is None:
        missing.append("HOTLINE_SECRET_SUBMISSIONS")
    if missing:
        raise SubmissionsNotReady(exchange=chosen.exchange.value, missing="、".join(missing))
    exchange: Exchange | None = None
    if key is not None:
        exchange = HttpExchange(chosen.url, key_id=chosen.key_id, key=key, timeout_s=chosen.timeout_s)
    elif chosen.exchange is ExchangeName.FILE:
        exchange = FileExchange(settings.data_folder / "submissions-console.jsonl")
    timely = timedelta(minutes=chosen.timely_minutes)
    return SubmissionOffice(exchange, chosen.city_code, chosen.hotline_code, timely)


def make_platform_office(settings: Settings, secrets: Secrets) -> PlatformOffice:
    """With a file for a messenger while nothing may leave the house.  Raises SecretUnreadable."""
    master = secrets.secret("platforms")
    if settings.platforms.is_write_back_on:
        return PlatformOffice(master, HttpMessenger(timeout_s=settings.platforms.timeout_s))
    return PlatformOffice(master, FileMessenger(settings.data_folder / "platforms-console.jsonl"))


def make_mail_office(settings: Settings, secrets: Secrets, key: bytes) -> MailOffice:
    """With a file for a post while nothing may leave the house.  Raises SecretUnreadable, MailboxNotReady."""
    post: Post = ConsolePost(settings.data_folder / "mails" / "answers.mbox")
    if settings.mail.is_answering:
        post = make_mail_carrier(settings, secrets)
    base_url = settings.web.base_url
    address = partial(rating_address, base_url=base_url, key=secrets.secret("rating_link"))
    return MailOffice(settings.mail, make_mailbox(settings, secrets), post, key, base_url, address)


def make_mailbox(settings: Settings, secrets: Secrets) -> Mailbox | None:
    """None where nobody writes by mail.  Raises SecretUnreadable, MailboxNotReady."""
    if settings.mail.mailbox is MailboxName.OFF:
        return None
    if settings.mail.mailbox is MailboxName.FOLDER:
        return FolderMailbox(settings.data_folder / "mails")
    password = secrets.given("mailbox")
    if password is None or not settings.mail.imap.user:
        raise MailboxNotReady
    imap = settings.mail.imap
    return ImapMailbox(
        imap.host,
        imap.port,
        user=imap.user,
        password=password.decode(),
        is_tls=imap.is_tls,
        is_starttls=imap.is_starttls,
        ca_file=imap.ca_file,
        folder=imap.folder,
        done_folder=imap.done_folder,
        timeout_s=imap.timeout_s,
    )


def make_mail_carrier(settings: Settings, secrets: Secrets) -> MailCarrier:
    """The mail server of [notices.mail].  Raises SecretUnreadable."""
    mail = settings.notices.mail
    password = secrets.given("notice_mail") or b""
    return MailCarrier(
        mail.host,
        mail.port,
        sender=mail.sender,
        timeout_s=mail.timeout_s,
        is_tls=mail.is_tls,
        is_starttls=mail.is_starttls,
        user=mail.user,
        password=password.decode(),
    )
