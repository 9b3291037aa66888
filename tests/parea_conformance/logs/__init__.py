"""The logs of the experiment that is judged: what is known of all, a sample of many, and a set of logs."""
