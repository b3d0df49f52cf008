/*
 * What is behind the frames of a compressed file (exch-stream(5), ON DISK):
 * skippable frames with our index and with the table of the seekable format.
 */
#ifndef EXCH_REC_ZIO_DISK_H
#define EXCH_REC_ZIO_DISK_H

#define EXCH_ZIO_INDEX 0x184d2a53u
#define EXCH_ZIO_TABLE 0x184d2a5eu
#define EXCH_ZIO_SEEKABLE 0x8f92eab1u

#endif
