"""The command line: one file for each subcommand, thin over its job. The only place that prints."""
