"""What crosses between the page's process and a worker, and how it travels. No torch."""
