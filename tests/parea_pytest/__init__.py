"""A plugin for pytest: the reference target as a fixture, and the conformance suite as one test for each requirement.

pytest loads it wherever the package is installed, so that nothing here imports more than pytest before it is used.
"""
