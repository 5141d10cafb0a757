"""Telephone exchanges we bring along: a real Asterisk in a directory of its own, and a built-in one for the demo."""
