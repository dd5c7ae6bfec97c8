// The first test of Provost arrives with its library.
