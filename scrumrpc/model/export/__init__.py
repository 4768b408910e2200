"""Exports of accounts: the form of the file, its lines, and whether what they tell can be the history of an account."""
