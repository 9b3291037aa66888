"""Between JSON and the generated classes, with nothing lost."""
