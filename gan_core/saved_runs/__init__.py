"""Runs on disk: the store, the folder of each run, and how runs are found."""
