"""HTTP: the shared parts of server and client."""
