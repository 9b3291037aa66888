"""The functions of the contract's operations, by tag."""
