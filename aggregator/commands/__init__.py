"""Runs the commands of the command line; ``cli`` lists them with their help."""
