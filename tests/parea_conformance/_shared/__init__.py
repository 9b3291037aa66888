"""What the client, the target and the suite each have, so that none imports another."""
