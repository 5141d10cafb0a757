"""A city on each database, as tests of evaluation have it."""

from tests.evaluation.conftest import city, clock

__all__ = ["city", "clock"]
