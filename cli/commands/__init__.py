"""What a person types: each command with its options and its help. `cli` does what it says."""
