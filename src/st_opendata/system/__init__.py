"""Services of the operating system: child processes, their limits, temporary folders."""
