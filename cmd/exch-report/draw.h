/*
 * Pictures as PNG and PDF: the script that a report writes goes to gnuplot,
 * and what that gives to the output.
 */
#ifndef EXCH_CMD_REPORT_DRAW_H
#define EXCH_CMD_REPORT_DRAW_H

#include "exch-report/front.h"

/* What exch-report does besides making reports. */
extern const struct front_own draw_own;

#endif
