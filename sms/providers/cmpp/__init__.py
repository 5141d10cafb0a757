"""CMPP 2.0, the protocol of China Mobile's gateways."""
