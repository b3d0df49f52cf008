/*
 * The chain.  A link says what was stored, and its hash is over the hash
 * before it: who changes a link, or takes one out, has to make all that
 * follow again, and the last one is what people write down elsewhere.
 *
 * Its text is such that a shell can make it, too: exch-schema(5).
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "store/priv.h"

void
exch_link_content(const void *p, size_t n, char content[65])
{
	struct exch_sha256 s;
	unsigned char sum[32];

	exch_sha256_init(&s);
	if (n != 0)
		exch_sha256_add(&s, p, n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, content);
}

void
exch_link_chain(const struct exch_link *l, char chain[65])
{
	char line[160];
	unsigned char sum[32];
	struct exch_sha256 s;
	int n = snprintf(line, sizeof(line), " %llu %lu ",
	    (unsigned long long)l->n, (unsigned long)l->stream);

	exch_sha256_init(&s);
	exch_sha256_add(&s, chain, strlen(chain));
	exch_sha256_add(&s, line, (size_t)n);
	exch_sha256_add(&s, l->kind, strlen(l->kind));
	n = snprintf(line, sizeof(line), " %llu %llu %llu %s ",
	    (unsigned long long)l->position, (unsigned long long)l->records,
	    (unsigned long long)l->bytes, l->content);
	exch_sha256_add(&s, line, (size_t)n);
	exch_sha256_add(&s, l->note, strlen(l->note));
	exch_sha256_add(&s, "\n", 1);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, chain);
}

int
exch_audit_open(struct exch_audit *a, struct exch_sql *sql, struct exch_diag *d)
{
	int err = exch_sql_prepare(sql,
	    "SELECT n, chain FROM audit ORDER BY n DESC LIMIT 1", &a->last, d);

	if (err == 0)
		err = exch_sql_prepare(sql,
		    "INSERT INTO audit VALUES (?,?,?,?,?,?,?,?,?)", &a->add, d);
	return err;
}

void
exch_audit_close(struct exch_audit *a)
{
	exch_sql_finish(a->last);
	exch_sql_finish(a->add);
	a->last = a->add = NULL;
}

int
exch_audit_add(struct exch_audit *a, struct exch_link *l, struct exch_diag *d)
{
	char chain[65] = "";
	struct exch_sql_value v[9];
	size_t n;
	int got = exch_sql_step(a->last, d);

	if (got < 0)
		return got;
	l->n = 1;
	if (got > 0) {
		const char *last = exch_sql_text(a->last, 1, &n);

		l->n = (uint64_t)exch_sql_int(a->last, 0) + 1;
		(void)snprintf(chain, sizeof(chain), "%s", last); /* hex */
		exch_sql_reset(a->last);
	}
	exch_link_chain(l, chain);
	v[0] = exch_sql_of_int((int64_t)l->n);
	v[1] = exch_sql_of_int(l->stream);
	v[2] = exch_sql_of_text(l->kind, strlen(l->kind));
	v[3] = exch_sql_of_int((int64_t)l->position);
	v[4] = exch_sql_of_int((int64_t)l->records);
	v[5] = exch_sql_of_int((int64_t)l->bytes);
	v[6] = exch_sql_of_text(l->content, 64);
	v[7] = exch_sql_of_text(l->note, strlen(l->note));
	v[8] = exch_sql_of_text(chain, 64);
	return exch_sql_run(a->add, v, 9, d);
}

int
exch_audit_put(struct exch_sql *sql, struct exch_link *l, struct exch_diag *d)
{
	struct exch_audit audit = {NULL, NULL};
	int err = exch_audit_open(&audit, sql, d);

	if (err == 0)
		err = exch_audit_add(&audit, l, d);
	exch_audit_close(&audit);
	return err;
}
