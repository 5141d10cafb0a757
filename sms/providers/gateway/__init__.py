"""Operators' gateways: a connection that lasts, over which we submit and they push, whatever its protocol."""
