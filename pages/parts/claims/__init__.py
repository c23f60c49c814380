"""Parts of the page claims."""
