"""What the program says to people: findings by their codes, and errors, in each language."""
