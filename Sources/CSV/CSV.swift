// The first file of CSV arrives with its library.
