"""What people have from elsewhere, as an openim.yaml for these charts."""
