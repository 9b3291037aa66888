"""Conformance suite for the trace logs endpoint: judges any server by `openapi.yaml`, with proof.

The suite knows the contract and HTTP. It imports neither the reference target nor the generated client.
"""
