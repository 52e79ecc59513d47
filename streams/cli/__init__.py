"""The command line: one module per command, each exposing a click command or group named `command`."""
