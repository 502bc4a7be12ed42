"""Worker processes that answer queries and can be killed: a fork server makes them, a pool lends them."""
