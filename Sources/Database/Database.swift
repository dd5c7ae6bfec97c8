// The first file of Database arrives with its library.
