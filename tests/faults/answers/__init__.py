"""Wrong answers by a rule: every token of an answer, changed in every way; each is found, or means the same."""
