"""Formats that replace Django's own, one package for each language."""
