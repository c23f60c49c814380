"""Parts of the page pixels."""
