"""What is asked: one SQL file per question, and the catalogue that reads and checks them."""
