"""The commands of `app.py`: how they are typed stands in `commands`, what they do beside it."""
