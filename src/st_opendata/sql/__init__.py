"""SQL: the closed dialect for making facts, and the engine that runs it."""
