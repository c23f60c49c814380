"""Parts of the page points."""
