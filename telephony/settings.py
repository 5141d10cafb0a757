"""Settings of the call layer: where Asterisk is, how long we wait for it, and its files."""

from pathlib import Path

from pydantic import Field, SecretStr

from core.settings import Section


class AmiSettings(Section):
    """How the manager interface of Asterisk is reached."""

    host: str = Field(default="127.0.0.1", description="address of Asterisk's manager interface (AMI)")
    port: int = Field(default=5038, ge=1, le=65535, description="port of the manager interface")
    tls: bool = Field(default=False, description="speak TLS to the manager interface (its tlsbindaddr)")
    username: str = Field(default="hotline", description="user of manager.conf that we log in as")
    secret: SecretStr = Field(default=SecretStr(""), description="that user's secret; better set in the environment")
    connect_within_s: float = Field(default=5, gt=0, description="seconds a connection may take to open")
    answer_within_s: float = Field(default=5, gt=0, description="seconds an action may take to be answered")
    boot_within_s: float = Field(default=10, ge=0, description="seconds we wait after log-in for a booting Asterisk")
    ping_every_s: float = Field(default=10, gt=0, description="seconds between pings; an unanswered one reconnects")
    reconnect_after_s: float = Field(default=0.5, gt=0, description="pause before the first new attempt; then doubled")
    reconnect_at_most_s: float = Field(default=10, gt=0, description="longest pause between two attempts")
    refused_after_s: float = Field(default=5, gt=0, description="pause after a refused log-in; then doubled")
    refused_at_most_s: float = Field(default=60, gt=0, description="longest pause after refused log-ins")


class TelephonySettings(Section):
    """The call layer and the seats."""

    is_enabled: bool = Field(default=True, description="run the call layer in this server (else: `hotline calls`)")
    node: str = Field(default="main", max_length=40, description="name of this Asterisk; one call layer a node")
    queue: str = Field(default="12345", max_length=80, description="the queue that seats log in to")
    queue_log: Path | None = Field(default=None, description="Asterisk's queue_log; unset: gaps cannot be repaired")
    recordings: Path | None = Field(default=None, description="folder that recording paths are relative to")
    inbox_at_most: int = Field(default=50_000, ge=100, description="events kept in memory before a gap is marked")
    lease_s: float = Field(default=6, gt=1, description="seconds after which a dead call layer's node is taken over")
    queue_log_back_hours: int = Field(
        default=24, ge=0, description="hours of queue_log that the very first start reads"
    )
    queue_log_every_s: float = Field(default=30, gt=0, description="seconds between two readings of queue_log")
    wrap_up_s: int = Field(default=45, ge=0, le=600, description="seconds of wrap-up (话后) after a call")
    wrap_up_extend_s: int = Field(default=30, ge=1, le=600, description="seconds one extension of wrap-up adds")
    wrap_up_extensions: int = Field(default=2, ge=0, le=10, description="how often a wrap-up may be extended")
    command_within_s: float = Field(default=5, gt=0, description="a seat's command older than this is not carried out")
    bridge_channel: str = Field(
        default="PJSIP/{phone}@trunk", pattern=r"\{phone\}", description="channel dialled for calls that staff make"
    )
    bridge_ring_s: int = Field(
        default=30, ge=5, le=120, description="seconds one's own telephone rings for such a call"
    )
    dial_in_number: str = Field(
        default="",
        pattern=r"^([0-9]{2,20})?$",
        description="number that staff dial from outside to call a citizen, as in [exchange]; empty: none",
    )
    ami: AmiSettings = Field(default_factory=AmiSettings, description="the manager interface")
