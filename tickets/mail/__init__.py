"""来信: matters that citizens send by e-mail, each one once, and what is written back."""
