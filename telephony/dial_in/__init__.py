"""拨入: staff dial in from outside, key ticket number and PIN, and are joined with the citizen."""
