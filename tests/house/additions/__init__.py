"""What is tried in a copy of the house: a kind of question and a service that it never had."""
