-- Issues of one place, in the order of their receipt.
CREATE INDEX issue_spot ON issue (spot, id);
