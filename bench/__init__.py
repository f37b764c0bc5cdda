"""What performance is measured with. `make bench` prints the table."""
