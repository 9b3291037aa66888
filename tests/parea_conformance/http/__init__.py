"""Requests and answers; the only part of the suite that touches the network."""
