"""When a rule changed by which figures are made: kept as it changes, and marked on the course of satisfaction."""
