"""Views of rows: the leaderboard, its comparisons, and what renders them."""
