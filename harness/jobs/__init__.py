"""What the commands do: one job a file."""
