"""Which filters to send: operands from the data, candidates from operands, and a plan from candidates."""
