"""Every figure with its formula card."""
