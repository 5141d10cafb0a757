"""The companies that carry our SMS, each behind the same few calls."""
