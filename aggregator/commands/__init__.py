"""The commands that come in groups; ``cli`` has the others and is the door."""
