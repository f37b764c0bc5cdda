"""What the API takes and gives, as JSON: schemas, never models."""
