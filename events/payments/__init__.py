"""Money: one seam to providers, and a ledger that says who paid what and what goes back.

`ledger` and `refunds` decide, under the event's lock; `providers` names who moves the money. No
provider is asked inside a transaction: what is to happen is written first, then done, then noted,
and each of the three steps can be done again.
"""
