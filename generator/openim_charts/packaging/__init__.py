"""From a compiled chart to the archive that Helm reads, and its signature."""
