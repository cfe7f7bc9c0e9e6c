"""A real Postgres and a real Redis out of Python wheels, for a checkout that has no servers of its own.

`session` lends them to one command, `server` keeps them running together with web, worker and beat,
`throwaway` makes a pair that lives as long as one test run.
"""
