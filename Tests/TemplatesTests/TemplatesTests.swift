// The first test of Templates arrives with its library.
