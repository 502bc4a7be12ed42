"""What the operating system gives: child processes, their limits, temporary folders."""
