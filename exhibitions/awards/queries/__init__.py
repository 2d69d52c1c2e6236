"""Named questions about awards; the fair or the season is the first argument."""
