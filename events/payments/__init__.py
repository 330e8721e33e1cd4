"""Money: what is asked for, what came, and what goes back, through one interface of providers.

`ledger` and `refunds` decide under the event's lock. Providers are asked outside of transactions:
first we write what is to happen, then we do it, then we write what came of it. Each of the three
steps can be repeated.
"""
