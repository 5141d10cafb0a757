"""What is printed of a ticket: the 承办单 and the papers of the ladder, as PDF."""
