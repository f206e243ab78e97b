"""What each page's tiles show: pure functions from frames and a look to bodies, one file per page or view."""
