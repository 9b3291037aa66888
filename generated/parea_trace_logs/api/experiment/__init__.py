"""The functions of the operations tagged `experiment`, one module each."""
