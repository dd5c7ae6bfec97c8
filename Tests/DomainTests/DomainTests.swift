// The first test of Domain arrives with its library.
