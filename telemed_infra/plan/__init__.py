"""Numbers in, addresses out: no allocator and no state."""
