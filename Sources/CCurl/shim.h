#pragma once
#include <curl/curl.h>
// variadic functions are invisible to Swift; the macros that check their arguments' types stand in the way here
#undef curl_easy_setopt
#undef curl_easy_getinfo
static inline CURLcode shim_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
static inline CURLcode shim_set_long(CURL *c, CURLoption o, long v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode shim_set_text(CURL *c, CURLoption o, const char *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode shim_set_pointer(CURL *c, CURLoption o, void *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode shim_set_list(CURL *c, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode shim_set_read(CURL *c, curl_read_callback f) { return curl_easy_setopt(c, CURLOPT_READFUNCTION, f); }
static inline CURLcode shim_set_write(CURL *c, curl_write_callback f) { return curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, f); }
static inline CURLcode shim_set_debug(CURL *c, curl_debug_callback f) { return curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, f); }
static inline CURLcode shim_set_progress(CURL *c, curl_xferinfo_callback f) { return curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, f); }
static inline long shim_connections_made(CURL *c) { long n = 0; curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &n); return n; }
static inline CURLcode shim_set_opened(CURL *c, curl_sockopt_callback f) { return curl_easy_setopt(c, CURLOPT_SOCKOPTFUNCTION, f); }
static inline CURLcode shim_set_close(CURL *c, curl_closesocket_callback f) { return curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, f); }
