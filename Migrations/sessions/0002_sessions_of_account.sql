-- How many sign-ins of an account are open is told before it is kept from signing in.
CREATE INDEX sessions_account ON sessions (account_id);
