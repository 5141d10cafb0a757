"""The manager interface (AMI) of Asterisk."""

from telephony.ami.client import AmiClient, LinkState, LinkStatus
from telephony.ami.events import AmiEvent, Reply

__all__ = ["AmiClient", "AmiEvent", "LinkState", "LinkStatus", "Reply"]
