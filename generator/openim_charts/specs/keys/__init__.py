"""What the files of ``chart-specs/`` may say: a kind of file is a type, and a key a field of it."""
