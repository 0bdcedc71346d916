"""Reference documents, made from what they describe."""
