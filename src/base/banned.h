/*
 * Functions that must not be used, turned into errors.  The compiler's
 * command line includes it before everything else (-include), so it begins
 * with <config.h>: the feature macros there decide what the system's
 * headers declare.
 */
#ifndef EXCH_BASE_BANNED_H
#define EXCH_BASE_BANNED_H

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets
#pragma GCC poison gmtime localtime

#endif
