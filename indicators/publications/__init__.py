"""公开: what everybody may read every month, and typical cases in words that point at nobody."""
