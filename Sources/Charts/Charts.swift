// The first file of Charts arrives with its library.
