"""Parts of the page untrained."""
