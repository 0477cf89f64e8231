"""The commands of the shell, a file a group, and what they print and write."""
