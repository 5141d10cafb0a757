"""The citizen's pages: rendered here, in plain HTML, for old phones and screen readers."""
