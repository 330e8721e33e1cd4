"""The second factor of people who organize: codes of an app, and recovery codes on paper.

`gate` says who is asked, `codes` and `recovery` take codes, `devices` sets up and removes.
"""
