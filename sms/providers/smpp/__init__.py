"""SMPP 3.4, the protocol of most other message centres; its frames are made by aiosmpplib."""
