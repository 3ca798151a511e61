UPDATE flag SET uid = decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
