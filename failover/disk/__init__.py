"""What a process keeps on its disk: its memory, its journal, and the lock of its name."""
