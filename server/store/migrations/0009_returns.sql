-- From which day on each unit of a form was asked for it in time; an empty list where that is not known.
ALTER TABLE return_form ADD COLUMN asked_from {{text}} NOT NULL DEFAULT '[]';
