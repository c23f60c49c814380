"""What a run leaves for people: saved pictures, scripts, reports, tables, weights. No torch."""
