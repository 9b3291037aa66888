"""The command `parea-trace-logs`."""
