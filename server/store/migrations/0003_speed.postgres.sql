UPDATE issue_text SET grams = grams || to_tsvector('simple', 'w' || (rowid >> 14));
