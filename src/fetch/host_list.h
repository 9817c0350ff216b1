/*
 * Hosts that may have any address, and be asked at any port or at the one that is named with them.
 */
#ifndef SP_FETCH_HOST_LIST_H
#define SP_FETCH_HOST_LIST_H

#include "fetch/web_address.h"

#include <smallpress/arena.h>

struct sp_host_list;

/* Hosts a list may have: 264 bytes each. */
#define SP_HOST_LIST_MAX 256

size_t sp_host_list_need(size_t count);

/* Reads `count` texts like photos.example.org or 192.168.1.7:8080; see sp_web_host_read. */
SP_MUST_CHECK enum sp_status sp_host_list_init(struct sp_host_list **list, struct sp_arena *arena,
                                               const char *const *texts, size_t count,
                                               struct sp_err *err);

bool sp_host_list_has(const struct sp_host_list *list, const char *host, uint16_t port);

#endif
