"""Scores, frameworks, stages and their reasons."""
