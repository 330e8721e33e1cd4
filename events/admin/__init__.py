"""The organizers' side: Django's admin, with every action going through the rules.

Importing this package registers nothing, because Django imports it to find the class in `site`.
`registry` registers the pages.
"""
