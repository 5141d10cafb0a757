"""Millions of made-up ratings with what they are about: the recount of figures, and the page that shows them."""
