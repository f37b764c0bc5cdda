"""What is remembered: the models, the database they live in, and how its schema grew."""
