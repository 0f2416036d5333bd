"""Published abstracts and the like for a collection's papers, from metadata services that a person agreed to ask.

services  which services are asked, with which keys, and whether it was agreed to
choice    of what the services say of a paper, what is taken
work      ask, choose, and bring the collection up to date
"""
