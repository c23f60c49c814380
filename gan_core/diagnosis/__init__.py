"""Every failure, once: its words, how it is told from measurements, what mends it, and its recipe."""
