"""What one machine's processes need to know of their own place: `node.toml`."""
