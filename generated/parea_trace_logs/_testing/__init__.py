"""What tests of one's own code need: logs, and an API that answers from memory."""
