"""What a chart installs, as files for programs other than Helm."""
