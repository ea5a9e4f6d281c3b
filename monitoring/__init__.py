"""What monitoring sees: files in, metrics, rules and targets out. Nothing here acts."""
