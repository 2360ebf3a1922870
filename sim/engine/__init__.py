"""Two engines for one game: exact outcomes by linear algebra, and plays drawn by address."""
