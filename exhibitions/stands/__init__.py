"""The floor plan: halls in metres, stands, who holds or has which, what they cost."""
