"""`telemed-failover`: what a person asks of the failover, and how it answers."""
