"""The images that charts run: where they are, whether they exist, and how they travel."""
