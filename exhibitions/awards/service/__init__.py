"""What happens to seasons, entries, juries and results."""
