"""What is decided, and never how: no clock, no socket, no file, no random source.

Time comes in as seconds of the machine's boot-time clock; what shall happen goes out as effects.
"""
