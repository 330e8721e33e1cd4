"""Pages of events that are only looked at: at another time, as somebody else, or before they are
published. Nothing on them can be pressed, and nothing is written for them.
"""
