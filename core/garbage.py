"""Keeps Python's collector of garbage away from what lives as long as the process."""

import gc


def spare_what_stays() -> None:
    """Called once everything is loaded: modules, mappings and dictionaries are not searched for garbage any more.

    A full collection goes through every object there is, a few hundred thousand of them, and nobody is answered
    meanwhile (`gc.freeze`, CPython).
    """
    gc.collect()
    gc.freeze()
