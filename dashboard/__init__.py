"""Edge: what people see in a browser.

Today the front page and the error pages; sign-in and the rest follow.
"""
