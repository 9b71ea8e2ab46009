"""What a program is, and how a function is written down as one."""
