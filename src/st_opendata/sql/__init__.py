"""SQL: the closed dialect that facts are made with, and the engine that runs it."""
