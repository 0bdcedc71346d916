"""What a change of the specs changes for those who use the charts."""
