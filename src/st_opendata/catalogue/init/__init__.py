"""A catalogue drafted from spreadsheets: guesses with their reasons, and questions about what cannot be guessed."""
