/*
 * Status codes of HTTP in words. The words a server sends beside its code are its own and are shown
 * to nobody.
 */
#ifndef SP_FETCH_HTTP_REASON_H
#define SP_FETCH_HTTP_REASON_H

/* "Not Found" for 404 (RFC 9110, 15); "" for a code that is not in the registry. */
const char *sp_http_reason(long code);

#endif
