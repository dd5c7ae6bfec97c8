// The first test of CSV arrives with its library.
