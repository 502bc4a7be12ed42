"""Fuzzing every reader of the program: one target per kind of input, all with the same oracle.

A target hands bytes to the function behind a command, in a sandbox. It may end in a result, findings or an error
of the program's own tree (`outcomes`); what may be touched and used is bounded (`guard`). Inputs are drawn by
hypothesis or atheris from mutations of real files (`mutations`, `seeds`) in a process that may die (`session`).
"""
