"""Calls, seats and the exchange: everything that touches Asterisk."""
