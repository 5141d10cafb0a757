"""Telling a unit of its tickets: by SMS, group robot, e-mail and the duty phone, never with personal data."""
