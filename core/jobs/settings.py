"""How durable jobs are run: sections [jobs] and [broker] of config.toml."""

from pydantic import Field, field_validator

from core.settings import Section


class JobSettings(Section):
    """Jobs that the server drains itself when there is no broker."""

    threads: int = Field(4, ge=1, le=64, description="Jobs that run at the same time in one process.")
    lease_s: float = Field(
        30.0, ge=1, description="A job whose process has died is taken up again after so many seconds."
    )
    kept_days: int = Field(30, ge=1, description="Finished jobs are kept so long; their idempotency keys with them.")


class BrokerSettings(Section):
    """Celery workers over a broker instead (PostgreSQL only)."""

    url: str = Field("", description="amqp://user@host/vhost of RabbitMQ; empty: the server runs the jobs itself.")
    queue: str = Field("hotline", min_length=1, description="The queue's name on the broker.")
    threads: int = Field(8, ge=1, le=64, description="Jobs that one worker runs at the same time.")
    again_s: float = Field(
        60.0, ge=1, description="A job that no worker has taken after so many seconds is published once more."
    )

    @field_validator("url")
    @classmethod
    def _is_a_broker(cls, url: str) -> str:
        if url and not url.startswith(("amqp://", "amqps://")):
            raise ValueError("only amqp:// and amqps:// are supported: other transports have lost tasks")
        return url
