"""HTTP: what every part of the program that serves or asks has in common."""
