"""Numbers that other tools and papers give, with their provenance, and the image pairs that they were computed on."""
