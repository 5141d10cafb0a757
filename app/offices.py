"""What jobs and pages are handed: one instance of each service, made from settings and secrets."""

from collections.abc import Mapping
from typing import Any

from app.errors import ProviderNotReady
from app.settings import Settings
from core.computer import Computer
from core.secrets import Secrets
from evaluation.office import EvaluationOffice
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.providers.provider import Provider
from sms.settings import ProviderName
from telephony.settings import TelephonySettings
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
        SmsOffice: sms,
        EvaluationOffice: EvaluationOffice(settings.evaluation, sms, secrets.secret("rating_link")),
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
    """The provider that sends, and any other whose messages may still be asked about.  Raises ProviderNotReady."""
    providers: dict[ProviderName, Provider] = {
        ProviderName.CONSOLE: ConsoleProvider(settings.data_folder / "sms-console.jsonl")
    }
    if (token := twilio_token(settings, secrets)) is not None:
        from sms.providers.twilio import TwilioProvider

        providers[ProviderName.TWILIO] = TwilioProvider(
            settings.sms.twilio, auth_token=token, public_address=settings.web.base_url
        )
    if settings.sms.provider not in providers:
        raise ProviderNotReady(provider=settings.sms.provider.value)
    return providers


def twilio_token(settings: Settings, secrets: Secrets) -> str | None:
    """The account's secret, or None without an account."""
    token = secrets.given("twilio_auth_token") if settings.sms.twilio.account_sid else None
    return None if token is None else token.decode()
