"""Settings, database, jobs, calendar, audit, masking, errors and log: what every other package stands on."""
