/*
 * Visibility and checking attributes of the public functions.
 *
 * The library is built with hidden symbols; SP_API marks what it shows. SP_MUST_CHECK makes the
 * compiler warn when a status is dropped.
 */
#ifndef SMALLPRESS_EXPORT_H
#define SMALLPRESS_EXPORT_H

#if defined(__GNUC__)
#define SP_API              __attribute__((visibility("default")))
#define SP_MUST_CHECK       __attribute__((warn_unused_result))
#define SP_PRINTF(fmt, arg) __attribute__((format(printf, fmt, arg)))
#else
#define SP_API
#define SP_MUST_CHECK
#define SP_PRINTF(fmt, arg)
#endif

#ifdef __cplusplus
#define SP_BEGIN_DECLS extern "C" {
#define SP_END_DECLS   }
#else
#define SP_BEGIN_DECLS
#define SP_END_DECLS
#endif

#endif
