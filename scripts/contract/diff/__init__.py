"""Compare two versions of the contract: what changed, who breaks, and which version the newer one must get."""
