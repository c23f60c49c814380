"""Machines of a Dask cluster: the connection to them, and what they must have as it is here."""
