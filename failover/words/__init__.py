"""What stands between a person's words and the register: read, write, follow, keep, show."""
