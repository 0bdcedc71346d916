"""The rules, one a module; a module put here is found without being named anywhere."""
