"""Other platforms that hand matters over, by their own numbers, and are told how each one goes."""
