/*
 * Numbers as XML has them (xsd:double): the shortest decimal that is read back as the same number.
 */
#ifndef SP_XLSX_NUMBER_H
#define SP_XLSX_NUMBER_H

#include "base/buf.h"

/* Bytes of the longest. */
#define SP_XLSX_NUMBER_MAX 32

/* Appends a finite number; a decimal point is a point in every locale. */
void sp_xlsx_number_write(struct sp_buf *buf, double number);

#endif
