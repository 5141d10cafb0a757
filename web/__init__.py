"""The HTTP layer, the API, the live WebSocket and the pages."""
