CREATE VIRTUAL TABLE issue_text USING fts5 (grams, content = '', contentless_delete = 1, tokenize = 'unicode61');
