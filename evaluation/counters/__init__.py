"""Service windows of government halls: their matters, and what citizens say of them on the spot or afterwards."""
