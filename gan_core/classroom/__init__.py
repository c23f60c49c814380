"""Lessons as links, what a class predicts and answers, and who has answered."""
