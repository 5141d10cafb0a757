"""One module per sub-command of `hotline`."""
