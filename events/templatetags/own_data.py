"""Filters of the page that shows people what the site knows about them."""

from django import template

from events.accounts import data_words

register = template.Library()

register.filter("about", data_words.about)
register.filter("delivery", data_words.delivery)
register.filter("state_of", data_words.state_of)
