"""What stands around the tiles of every page: title, filters, views, who looks, what is stopped."""
