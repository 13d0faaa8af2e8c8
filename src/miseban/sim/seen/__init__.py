"""What cameras without pixels see of the people: exact boxes, and those of an imperfect eye."""
