"""Numbers to bytes and back: range maps, layouts, picture files, and the grids that pages show."""
