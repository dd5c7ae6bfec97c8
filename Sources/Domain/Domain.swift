// The first file of Domain arrives with its library.
