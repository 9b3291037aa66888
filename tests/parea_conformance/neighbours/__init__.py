"""What is next to a right request: tokens, the places where the contract takes one thing; and changes of a token."""
