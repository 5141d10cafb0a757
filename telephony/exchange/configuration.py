"""Renders Asterisk's configuration from our settings; the templates stand in telephony/asterisk/configuration/."""

import hashlib
import hmac
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from telephony import asterisk_names
from telephony.dial_in.rules import Verdict, dial_in_key
from telephony.exchange.errors import AmiSecretMissing
from telephony.exchange.settings import ExchangeSettings
from telephony.settings import AmiSettings

ASTERISK = Path(__file__).parent.parent / "asterisk"
TEMPLATES = ASTERISK / "configuration"
PROMPTS = ASTERISK / "prompts"
MUSIC = ASTERISK / "music"

#: The events our AMI user gets; every other one is held back at the source.
FOLLOWED = (
    "FullyBooted", "Shutdown", "Newchannel", "Hangup", "UserEvent", "OriginateResponse", "QueueCallerJoin",
    "QueueCallerLeave", "QueueCallerAbandon", "AgentCalled", "AgentConnect", "AgentComplete", "AgentRingNoAnswer",
    "QueueMemberAdded", "QueueMemberRemoved", "QueueMemberPause", "QueueMemberStatus", "QueueMemberPenalty",
    "QueueMemberRinginuse", "Hold", "Unhold", "BlindTransfer", "AttendedTransfer",
)  # fmt: skip

#: Only what a call needs.  Without app_system, func_shell and res_agi nobody who gets at AMI can start a program.
MODULES = (
    "res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_http_websocket",
    "res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub", "res_pjsip_acl",
    "res_pjsip_authenticator_digest", "res_pjsip_caller_id", "res_pjsip_dtmf_info",
    "res_pjsip_endpoint_identifier_ip", "res_pjsip_endpoint_identifier_user", "res_pjsip_nat", "res_pjsip_notify",
    "res_pjsip_outbound_authenticator_digest", "res_pjsip_path", "res_pjsip_refer", "res_pjsip_registrar",
    "res_pjsip_rfc3326", "res_pjsip_sdp_rtp", "res_pjsip_transport_websocket", "res_rtp_asterisk", "res_srtp",
    "res_format_attr_opus", "res_musiconhold", "chan_pjsip", "chan_bridge_media", "bridge_builtin_features",
    "bridge_builtin_interval_features", "bridge_holding", "bridge_native_rtp", "bridge_simple", "bridge_softmix",
    "codec_alaw", "codec_ulaw", "codec_a_mu", "codec_opus_open_source", "codec_resample", "format_pcm",
    "format_wav", "app_dial", "app_mixmonitor", "app_playback", "app_queue", "app_read", "app_stack",
    "app_userevent", "app_verbose", "func_callerid", "func_channel", "func_logic", "func_sha1", "func_strings",
    "func_timeout", "pbx_config",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Where one instance keeps its files; the same absolute paths inside Asterisk's directory and outside."""

    folder: Path
    modules: Path

    @property
    def configuration(self) -> Path:
        """Rendered .conf files."""
        return self.folder / "etc"

    @property
    def run(self) -> Path:
        """Control socket."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        """Holds `messages` and `queue_log`."""
        return self.folder / "log"

    @property
    def spool(self) -> Path:
        """Asterisk's own small database."""
        return self.folder / "spool"

    @property
    def recordings(self) -> Path:
        """One folder a day, one file a call."""
        return self.folder / "recordings"

    @property
    def queue_log(self) -> Path:
        """What is read back after a gap."""
        return self.log / "queue_log"

    @property
    def music(self) -> Path:
        """What the waiting hear."""
        return self.folder / "music"

    @property
    def prompts(self) -> Path:
        """What the exchange says."""
        return self.folder / "prompts"

    def written(self) -> tuple[Path, ...]:
        """The folders Asterisk's user writes to."""
        return self.run, self.log, self.spool, self.recordings


@dataclass(frozen=True)
class ExchangeSecrets:
    """What only the exchange and the server know."""

    ami: str
    seats: bytes

    def of_seat(self, number: str) -> str:
        """The SIP password of a seat, which the server derives again when the seat's browser asks for it."""
        return hmac.new(self.seats, f"seat {number}".encode(), hashlib.sha256).hexdigest()[:32]


def check_ami(ami: AmiSettings, secrets: ExchangeSecrets) -> None:
    """Both are written into manager.conf as they are.  Raises AmiSecretMissing."""
    for text in (ami.username, secrets.ami):
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,128}", text):
            raise AmiSecretMissing


def write(
    exchange: ExchangeSettings, ami: AmiSettings, secrets: ExchangeSecrets, places: Places, *, prompts: Path = PROMPTS
) -> None:
    """Write configuration, prompts and music into the instance's folder, in place of older ones.

    Recordings and logs are kept.  The configuration holds secrets: only its owner and group may read it.
    Raises AmiSecretMissing.
    """
    check_ami(ami, secrets)
    for folder in places.written():
        folder.mkdir(parents=True, exist_ok=True)
    for source, target in ((prompts, places.prompts), (MUSIC, places.music)):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.toml", "*.json"))
    shutil.rmtree(places.configuration, ignore_errors=True)
    places.configuration.mkdir(mode=0o750)
    for name, text in render(exchange, ami, secrets, places).items():
        path = places.configuration / name
        path.touch(mode=0o640)
        path.write_text(text, encoding="utf-8")


def render(exchange: ExchangeSettings, ami: AmiSettings, secrets: ExchangeSecrets, places: Places) -> dict[str, str]:
    """The text of every .conf file by its name."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(),
        keep_trailing_newline=True,
    )
    values = {
        "exchange": exchange,
        "ami": ami,
        "secrets": secrets,
        "places": places,
        "names": asterisk_names,
        "dial_in_key": dial_in_key(secrets.ami),
        "verdicts": [verdict.value for verdict in Verdict if verdict is not Verdict.CONNECTED],
        "caller_context": asterisk_names.CALLER_CONTEXT,
        "seat_context": asterisk_names.SEAT_CONTEXT,
        "followed": FOLLOWED,
        "modules": MODULES,
    }
    return {
        name.removesuffix(".j2"): environment.get_template(name).render(values)
        for name in environment.list_templates(extensions=["j2"])
    }
