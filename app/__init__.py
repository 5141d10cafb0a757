"""Wiring: command line, server, worker, reactions and the demo city."""
