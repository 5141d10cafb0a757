"""What the web server can be told: section [web] of config.toml."""

from ipaddress import ip_address, ip_network

from pydantic import Field, field_validator

from core.settings import Section


class WebSettings(Section):
    """Address, proxies and limits of the web server."""

    host: str = Field("127.0.0.1", description="Address to listen on; plain http is served on loopback only.")
    port: int = Field(8345, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_address: str = Field(
        "", description="What citizens and providers type, e.g. https://12345.example.gov.cn; empty: http://host:port."
    )
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Networks whose X-Forwarded-For is believed, e.g. 10.0.0.0/8."
    )
    max_body_kib: int = Field(1024, ge=1, le=65536, description="Largest request body, in KiB; beyond it 413.")
    live_queue: int = Field(256, ge=8, description="Messages kept for one slow WebSocket before it is closed.")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: list[str]) -> list[str]:
        for network in networks:
            ip_network(network)
        return networks

    @property
    def is_https(self) -> bool:
        return self.public_address.startswith("https://")

    @property
    def base_url(self) -> str:
        """The address to write into links, without a slash at its end."""
        return (self.public_address or f"http://{self.host}:{self.port}").rstrip("/")

    def trusts(self, address: str) -> bool:
        """Whether `address` is one of the named proxies."""
        try:
            peer = ip_address(address)
        except ValueError:
            return False
        return any(peer in ip_network(network) for network in self.trusted_proxies)
