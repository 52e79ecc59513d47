"""What runs on this machine beside Rytmi: child processes, the local broker, monitoring."""
