"""The commands of the room, split by topic."""
