"""What an Asterisk needs from us: its configuration as templates, and the Chinese prompts."""
