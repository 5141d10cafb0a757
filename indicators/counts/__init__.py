"""What the figures of tickets are read from: kept counts by day, and the tickets that have changed since."""
