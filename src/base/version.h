/* The version of the software; the stream format has its own number. */
#ifndef EXCH_BASE_VERSION_H
#define EXCH_BASE_VERSION_H

#define EXCH_VERSION "0.1.0"

#endif
