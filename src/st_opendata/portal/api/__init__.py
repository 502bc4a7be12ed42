"""What programs read of a portal."""
