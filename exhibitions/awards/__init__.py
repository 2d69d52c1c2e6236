"""Awards: a season of a product award at a fair, judged so that anyone can compute it again."""
