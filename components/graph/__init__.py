"""What leads to what, as a graph in the browser."""
