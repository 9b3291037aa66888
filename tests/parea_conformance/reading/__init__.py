"""The right reading of the contract: what a filter is, what it means, and in what order logs are answered."""
