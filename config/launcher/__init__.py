"""What `run` does: prepares packages and libraries, keeps the embedded PostgreSQL, starts and stops the programs.

Standard library only, because it works before any package is installed.
"""
