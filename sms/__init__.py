"""Messages to and from citizens: templates, providers, delivery, replies."""
