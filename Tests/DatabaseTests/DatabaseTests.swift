// The first test of Database arrives with its library.
