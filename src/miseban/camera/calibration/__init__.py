"""Calibrating a camera from what a person has: clicks, a recording of boards, tracks of people.

In: files and recordings. Out: floor points as TOML, a copy of the shop file, and a picture without
people with the floor drawn on it. Never: a picture of a person.
"""
