/*
 * Functions that must not be used, turned into errors.  Included last by
 * the compiler's command line (-include), after the system's headers.
 */
#ifndef EXCH_BASE_BANNED_H
#define EXCH_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets gmtime localtime

#endif
