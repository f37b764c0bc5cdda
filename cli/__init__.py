"""What the commands of `app.py` do."""
