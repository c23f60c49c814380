"""The page sweep."""
