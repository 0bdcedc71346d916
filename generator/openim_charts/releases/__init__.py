"""Following the releases of a product: what its configuration files became."""
