"""Checkpoints: the root of a whole chain, signed, published and given to witnesses outside this house."""
