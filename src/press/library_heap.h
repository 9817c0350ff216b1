/* The heap that libraries take by themselves, fetched before they need it. */
#ifndef SP_PRESS_LIBRARY_HEAP_H
#define SP_PRESS_LIBRARY_HEAP_H

#include <smallpress/status.h>

#include <stdint.h>

/*
 * Has the C library fetch at once all the heap that a plan allows the libraries. HarfBuzz can
 * answer a refused piece with other glyphs, or a crash, instead of an error: better none is ever
 * refused.
 */
SP_MUST_CHECK enum sp_status sp_library_heap_reserve(uint64_t bytes, struct sp_err *err);

#endif
