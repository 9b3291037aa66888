"""What a run does, a module for each stage; a stage shows on the terminal under the name of its module."""
