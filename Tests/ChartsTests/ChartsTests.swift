// The first test of Charts arrives with its library.
