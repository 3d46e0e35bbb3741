"""The demo company: a maker of small machine tools whose history is told through the services."""
