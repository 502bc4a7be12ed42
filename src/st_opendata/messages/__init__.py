"""The program's texts for people: findings by their codes, and errors, in each language."""
