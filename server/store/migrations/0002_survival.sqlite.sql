UPDATE flag SET uid = unhex(substr(hex(randomblob(6)), 1, 12) || '8' || substr(hex(randomblob(2)), 1, 3) || 'A' || substr(hex(randomblob(8)), 1, 15));
