"""What is true of marks, medals and tallies (spec/awards.md)."""
