"""Programs of ours in processes of their own, seen from both sides; what a process has one of. No torch."""
