"""The daily checkpoint: both chains signed, published, handed to witnesses, and what it proves to a citizen."""
