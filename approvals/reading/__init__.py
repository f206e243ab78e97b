"""What is shown of it: the inbox, a card, records of agents. Changes nothing."""
