/* Host and port in one word (addr.h). */
#include <config.h>

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "sock/addr.h"

/* "HOST:PORT" in two; the host may be empty or in brackets. */
static bool
split(const char *at, char *host, size_t nhost, const char **port)
{
	const char *colon = strrchr(at, ':');
	size_t n;

	if (colon == NULL || colon[1] == '\0')
		return false;
	n = (size_t)(colon - at);
	*port = colon + 1;
	if (n >= 2 && at[0] == '[' && at[n - 1] == ']') {
		at++;
		n -= 2;
	}
	if (n >= nhost)
		return false;
	memcpy(host, at, n);
	host[n] = '\0';
	return true;
}

int
exch_addr_resolve(const char *at, int kind, bool passive,
    struct addrinfo **list, struct exch_diag *d)
{
	struct addrinfo hint = {.ai_family = AF_UNSPEC,
	    .ai_socktype = kind,
	    .ai_flags = passive ? AI_PASSIVE : 0};
	const char *port;
	char host[256];
	int n;

	if (!split(at, host, sizeof(host), &port))
		return exch_diag_set(d, EXCH_ERR_NEED, at, EXCH_POS_NONE, 0,
		    "no address: write HOST:PORT");
	n = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hint, list);
	if (n == 0)
		return 0;
	return exch_diag_set(d,
	    n == EAI_AGAIN || n == EAI_SYSTEM ? EXCH_ERR_IO : EXCH_ERR_NEED, at,
	    EXCH_POS_NONE, 0, "cannot be resolved: %s", gai_strerror(n));
}
