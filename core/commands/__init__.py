"""The command line: ``python -m core COMMAND``, a module or folder for each command."""
