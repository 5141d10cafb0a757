"""Fixtures and plugins of ours that every test folder may use."""

pytest_plugins = ["tests.needs", "tests.system.rabbitmq", "tests.system.browser"]
