"""What a run may be: the one table of settings, what goes together, and experiments as links and comparisons."""
