"""The demo city: made-up units, people, calls and tickets, played through the domain functions."""
