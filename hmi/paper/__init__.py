"""Charts and reports as pictures and documents, without Qt."""
