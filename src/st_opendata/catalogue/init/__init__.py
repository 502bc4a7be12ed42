"""A catalogue drafted from spreadsheets: what they show is guessed and said, what nobody can guess is asked for."""
