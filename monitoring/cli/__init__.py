"""`telemed-monitor`: arguments in, an exit code out; the only place that prints."""
