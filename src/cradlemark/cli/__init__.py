"""The command line: opens files, calls one function, renders."""
