"""What the independent recount found, kept so that the page says so until a later one finds nothing."""
